/** @idinit/brain: initializes brain.js networks. */
import {
  type Adapter,
  type InitializeModelOptions,
  type Inspection,
  initializeModel,
  inspect as inspectGraph,
  inspectModel,
} from "@idinit/core/graph";
import { build, type Sources } from "./build.js";
import { toGraph } from "./graph.js";
import { type BrainNet, isBuilt, recognise } from "./net.js";
import { read, write } from "./weights.js";

/** Options of {@link initialize}: core's (`scheme`, `seed`, `roles`, `initializers`), and `sizes` or `data` for a net made without sizes. */
export interface Options extends InitializeModelOptions, Sources {}

/** The adapter that core works with. It needs a net that holds weights: `net.initialize()`. */
export const brainAdapter: Adapter<BrainNet> = { name: "brain", toGraph, read, write };

/**
 * Initializes a network in place, each weight by its role; `net.train()` starts from there.
 *
 * brain.js makes a net's arrays late; where that has not happened, its `initialize()` is called first. Parameters are called
 * `layer1.weight`, `layer1.bias` in dense nets and autoencoders, by brain.js's own names in recurrent ones (`hidden0.forgetMatrix`), and
 * by the layers' ids in `Recurrent` (`hidden0.forgetGateWeights`).
 *
 * @param options Scheme (default `"idinit"`), seed (default 0), roles and initializers by parameter name; `sizes` of a dense net, or
 * the training `data` of any net whose sizes follow from it.
 * @returns The same network.
 * @throws {IdinitError} for a net whose sizes are not known (saying what to pass), data that does not fit (naming the layer), a net or
 * layer that brain.js trains wrongly or not at all, and unknown names. No weight is written then.
 * @example initialize(new NeuralNetwork({ hiddenLayers: [16] }), { scheme: "idinit", data });
 */
export function initialize<Net extends BrainNet>(net: Net, options: Options = {}): Net {
  const { sizes, data, ...rest } = options;
  build(recognise(net), { ...(sizes && { sizes }), ...(data !== undefined && { data }) });
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
