import type { Architecture } from "../../architectures/architecture.js";
import type { LearnerOptions } from "../engine.js";

/** A dense network as brain.js knows it. */
export interface Chain {
  readonly inputs: number;
  readonly activation: "relu" | "tanh";
  /** Dense layers in forward order. */
  readonly layers: readonly { readonly name: string; readonly out: number }[];
}

/** The architecture as a chain, or why brain.js cannot hold it. */
export function chainOf(architecture: Architecture): Chain | string {
  const { input, layers, output } = architecture;
  if (input.kind !== "vector") return `brain.js trains dense networks on vectors only, the input is ${input.kind}`;
  const dense: { name: string; out: number }[] = [];
  const activations = new Set<string>();
  let from = "input";
  for (const [index, layer] of layers.entries()) {
    const expected = index % 2 === 0 ? "dense" : "activation";
    if (layer.op !== expected || layer.inputs.join() !== from) {
      return `brain.js runs a chain of dense layers with activations between them, layer "${layer.name}" (${layer.op}) is not part of one`;
    }
    if (layer.op === "dense" && !layer.bias) return `brain.js layers have biases, layer "${layer.name}" has none`;
    if (layer.op === "dense") dense.push({ name: layer.name, out: layer.out });
    if (layer.op === "activation") activations.add(layer.kind);
    from = layer.name;
  }
  const [activation, ...others] = activations;
  if (output !== from || layers.length % 2 === 0) return "brain.js networks end in a dense layer";
  if (others.length > 0 || (activation !== "relu" && activation !== "tanh")) {
    return `brain.js applies one activation, relu or tanh, in all layers, this network has ${[...activations].join(", ") || "none"}`;
  }
  return { inputs: input.features, activation, layers: dense };
}

/** Why brain.js cannot train with this optimizer, or `undefined`. */
export function unsupportedOptimizer({ optimizer }: LearnerOptions): string | undefined {
  if (optimizer.kind === "adamw") return "brain.js has no AdamW";
  if (optimizer.weightDecay !== 0) return `brain.js has no weight decay, got ${optimizer.weightDecay}`;
  return undefined;
}
