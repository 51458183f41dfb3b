/** The neutral graph: what an adapter translates a framework's model into. Plain data; core decides everything from it. */
import type { Json } from "../initializer.js";
import type { Layout } from "../layout.js";

/** All operations. */
export const OPS = [
  "dense",
  "conv",
  "convTranspose",
  "embedding",
  "recurrent",
  "norm",
  "activation",
  "add",
  "sub",
  "mul",
  "div",
  "scale",
  "shift",
  "matmul",
  "softmax",
  "concat",
  "split",
  "slice",
  "pad",
  "pool",
  "reduce",
  "gather",
  "move",
  "upsample",
  "constant",
  "opaque",
] as const;

/**
 * Operations that role inference tells apart. An adapter maps each framework op, or a whole pattern of them
 * (a decomposed layer norm, an exact GELU, MatMul + Add), to one of these; whatever it does not know is `"opaque"`.
 *
 * | op | inputs (values) | slots (parameters) | attributes |
 * |---|---|---|---|
 * | dense | x | kernel, bias? | – |
 * | conv | x | kernel, bias? | groups, stride (max over axes), kernelSize: number or number[] (tells a 1×1 shortcut from its branch) |
 * | convTranspose | x | kernel, bias? | groups |
 * | embedding | indices (a `constant` value: a position table) | table | – |
 * | recurrent | x | inputKernel, recurrentKernel, bias? (each ref has `parts` = gates × directions) | kind: "rnn" \| "lstm" \| "gru" |
 * | norm | x | scale?, shift?, mean?, variance? | kind: "batch" \| "layer" \| "group" \| "instance" \| "rms" |
 * | activation | x | slope? (PReLU) | kind: see {@link Activation} |
 * | add, sub, div | a, b (two values) | – | – |
 * | mul | a, b (two values: gating) | – | – |
 * | scale | x | gate (a learnable scalar or per-channel factor: ReZero, SkipInit, LayerScale) | – |
 * | shift | x, or nothing | shift (a learnable constant added: position embedding, Fixup bias; without x a class token, which a concat then reads) | – |
 * | matmul | a, b (two values: attention scores, attention × values) | – | – |
 * | softmax | x | – | axis, heads?: number of attention heads, where the format shows it |
 * | concat | two or more values | – | axis |
 * | split | x | – | sizes?: number[] (along the channel axis: packed QKV taken apart, in whatever way) |
 * | slice | x | – | start?, size? on the channel axis if it cuts channels; `channelPart: [index, count]` when it takes one of `count` equal channel parts |
 * | pad | x | – | channels?: boolean (a zero-padded shortcut) |
 * | pool | x | – | kind: "max" \| "average", global: boolean |
 * | reduce | x | – | kind: "mean" \| "sum" \| "max" |
 * | gather | x, (indices) | – | picks positions of a value (CLS token); `channelPart` as in slice where it picks a channel part |
 * | move | x | – | values only rearranged or passed on: reshape, flatten, transpose, squeeze, identity, cast, dropout, scaling by a constant (factor?: number, where it is one number) |
 * | upsample | x | – | – |
 * | constant | – | – | a value that depends on no data input and on no trainable parameter (masks, shape arithmetic) |
 * | opaque | any | any | opType: the framework's name |
 */
export type Op = (typeof OPS)[number];

/** All activations. */
export const ACTIVATIONS = [
  "linear",
  "relu",
  "leakyRelu",
  "prelu",
  "elu",
  "selu",
  "gelu",
  "silu",
  "mish",
  "tanh",
  "sigmoid",
  "softplus",
  "hardSigmoid",
  "hardSwish",
  "softmax",
  "other",
] as const;

/** The non-linearity that follows a weight; `"linear"` where there is none. */
export type Activation = (typeof ACTIVATIONS)[number];

/** All slots. */
export const SLOTS = [
  "kernel",
  "bias",
  "inputKernel",
  "recurrentKernel",
  "recurrentBias",
  "peephole",
  "table",
  "scale",
  "shift",
  "mean",
  "variance",
  "gate",
  "slope",
  "other",
] as const;

/** What a parameter does in the node that uses it. */
export type Slot = (typeof SLOTS)[number];

/** One use of a parameter by a node: which parameter, and how to see it as `[out, in, ...spatial]`. */
export interface ParameterUse {
  /** Name of a {@link Parameter}. The same parameter may be used several times (tied weights). */
  readonly parameter: string;
  /** Order of the axes of `shape`. Needed for kernels and tables; `"O"` for vectors. */
  readonly layout: Layout;
  /** The stored data seen with this shape, when it differs from the parameter's own (LSTM `[1, 4h, in]` seen as `[4h, in]`). */
  readonly shape?: readonly number[];
  /** Convolution groups. Default 1. */
  readonly groups?: number;
  /** Equal blocks stacked along `out` (gates × directions of a recurrent kernel). Default 1. Packed QKV is found by core, not said here. */
  readonly parts?: number;
  /** The part of `out` that this node uses, when the weight itself is sliced: `[start, count]`. */
  readonly rows?: readonly [start: number, count: number];
}

/** One operation. */
export interface GraphNode {
  /** Unique, for messages only: nothing is ever inferred from a name. */
  readonly name: string;
  readonly op: Op;
  /** Names of the values read, in order. Parameters are not values: they are in `slots`. */
  readonly inputs: readonly string[];
  /** Names of the values made. Each value is made by exactly one node or is a graph input. */
  readonly outputs: readonly string[];
  readonly slots?: Readonly<Partial<Record<Slot, ParameterUse>>>;
  readonly attributes?: Readonly<Record<string, Json>>;
}

/** One stored tensor of the model. */
export interface Parameter {
  /** Unique name: the key of the result map and of the parameter's random stream. */
  readonly name: string;
  /** Shape as stored by the framework. */
  readonly shape: readonly number[];
  /** Element type as the framework calls it; only `"float32"` can be initialized. Default `"float32"`. */
  readonly dtype?: string;
}

/** A model as core sees it. Nodes may come in any order; {@link Parameter}s that no node uses are reported, not guessed. */
export interface Graph {
  /** Values the caller feeds. */
  readonly inputs: readonly string[];
  /** Values the caller reads. */
  readonly outputs: readonly string[];
  readonly nodes: readonly GraphNode[];
  readonly parameters: readonly Parameter[];
}
