/** @idinit/brain: initializes brain.js networks. */
import {
  type Adapter,
  type InitializeModelOptions,
  type Inspection,
  initializeModel,
  inspect as inspectGraph,
  inspectModel,
} from "@idinit/core";
import { toGraph } from "./graph.js";
import { type BrainNet, build, isBuilt, recognise } from "./net.js";
import { read, write } from "./weights.js";

/** Options of {@link initialize}: core's (`scheme`, `seed`, `roles`, `initializers`) and `sizes`. */
export interface Options extends InitializeModelOptions {
  /** Layer sizes `[inputs, ...hidden, outputs]` of a dense net that was made without them. */
  readonly sizes?: readonly number[];
}

/** The adapter that core works with. It needs a net that holds weights: `net.initialize()`. */
export const brainAdapter: Adapter<BrainNet> = { name: "brain", toGraph, read, write };

/**
 * Initializes a network in place, each weight by its role; `net.train()` starts from there.
 *
 * brain.js makes a net's arrays late; where that has not happened, its `initialize()` is called first. Parameters are called
 * `layer1.weight`, `layer1.bias` in dense nets and by brain.js's own names in recurrent ones (`hidden0.inputMatrix`).
 *
 * @param options Scheme (default `"idinit"`), seed (default 0), roles and initializers by parameter name, sizes of a dense net.
 * @returns The same network.
 * @throws {IdinitError} for a net whose sizes follow only from the training data (saying what to pass), a net or layer
 * that is not supported, and unknown names. No value is written then.
 * @example initialize(new NeuralNetwork({ inputSize: 4, hiddenLayers: [16], outputSize: 3 }), { scheme: "idinit" });
 */
export function initialize<Net extends BrainNet>(net: Net, options: Options = {}): Net {
  const { sizes, ...rest } = options;
  build(recognise(net), sizes);
  initializeModel(brainAdapter, net, rest);
  return net;
}

/**
 * Tells each parameter's role, why, and what the scheme would give it; changes nothing.
 *
 * @throws {IdinitError} as {@link initialize} does, and for a `FeedForward` or recurrent net before its `initialize()`.
 * @example for (const { parameter, role, reason } of inspect(net)) console.log(parameter, role, reason);
 */
export function inspect(net: BrainNet, options: InitializeModelOptions = {}): readonly Inspection[] {
  return isBuilt(recognise(net)) ? inspectModel(brainAdapter, net, options) : inspectGraph(toGraph(net), options);
}

export type { BrainNet } from "./net.js";
