/** The op table: each tfjs layer class in neutral operations, with its weights' slots and layouts. */
import type { Activation, Json, Layout } from "@idinit/core";
import {
  type Call,
  cellsOf,
  configOf,
  type Describe,
  directions,
  type Layer,
  type Step,
  type WeightUse,
  weightOf,
} from "./layer.js";

/** tfjs's activation names. `softmax` and `logSoftmax` are ops of their own. */
const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  relu: "relu",
  relu6: "relu",
  elu: "elu",
  selu: "selu",
  gelu: "gelu",
  gelu_new: "gelu",
  swish: "silu",
  mish: "mish",
  tanh: "tanh",
  sigmoid: "sigmoid",
  hardSigmoid: "hardSigmoid",
  softplus: "softplus",
};

/** The steps of an activation given by name: none for `linear`. */
function activation(name: Json | undefined): Step[] {
  if (name === undefined || name === null || name === "linear") return [];
  if (name === "softmax" || name === "logSoftmax") return [{ op: "softmax", attributes: { axis: -1 } }];
  return [{ op: "activation", attributes: { kind: ACTIVATIONS[String(name)] ?? "other" } }];
}

/** A weight seen as a vector, whatever its shape; left out where the layer lacks it. */
function vector<S extends string>(layer: Layer, slot: S, weight: string): Partial<Record<S, WeightUse>> {
  const variable = weightOf(layer, weight);
  if (variable === undefined) return {};
  const shape = variable.shape as number[];
  const view = shape.length === 1 ? {} : { shape: [shape.reduce((a, b) => a * b, 1)] };
  const use: WeightUse = { weight, layout: "O", ...view };
  return { [slot]: use } as Partial<Record<S, WeightUse>>;
}

function convolution(op: "conv" | "convTranspose", layout: Layout): Describe {
  return (layer) => {
    const config = configOf(layer);
    const slots = { kernel: { weight: "kernel", layout }, ...vector(layer, "bias", "bias") };
    return [{ op, slots, attributes: geometry(config, 1) }, ...activation(config.activation)];
  };
}

function geometry(config: Readonly<Record<string, Json>>, groups: number): Record<string, Json> {
  const strides = config.strides;
  const stride = Array.isArray(strides) ? Math.max(...(strides as number[])) : ((strides ?? 1) as number);
  return { groups, stride, kernelSize: config.kernelSize ?? null };
}

/** A depthwise kernel `[kh, kw, in, multiplier]`: output channel `c * multiplier + m` reads input channel `c` alone. */
function depthwise(
  layer: Layer,
  config: Readonly<Record<string, Json>>,
  bias: Partial<Record<"bias", WeightUse>>,
): Step {
  const variable = weightOf(layer, "depthwise_kernel");
  const [height = 1, width = 1, channels = 1, multiplier = 1] = (variable?.shape ?? []) as number[];
  const shape = [height, width, channels * multiplier, 1];
  const kernel: WeightUse = { weight: "depthwise_kernel", layout: "HWOI", shape, groups: channels };
  return { op: "conv", slots: { kernel, ...bias }, attributes: geometry(config, channels) };
}

const CELLS: Readonly<Record<string, { kind: string; parts: number; layout: Layout }>> = {
  SimpleRNNCell: { kind: "rnn", parts: 1, layout: "IO" },
  GRUCell: { kind: "gru", parts: 3, layout: "IO" },
  LSTMCell: { kind: "lstm", parts: 4, layout: "IO" },
  ConvLSTM2DCell: { kind: "lstm", parts: 4, layout: "HWIO" },
};

const every = (call: Call): number[] => Array.from({ length: call.inputs }, (_, i) => i);

const recurrent: Describe = (layer, call) => {
  const steps: Step[] = [];
  for (const { cell, prefix } of cellsOf(layer)) {
    const known = CELLS[cell.getClassName()];
    if (known === undefined) return undefined;
    const { kind, parts, layout } = known;
    const use = (weight: string): WeightUse => ({ weight: prefix + weight, layout, parts });
    const bias = weightOf(cell, "bias") ? { bias: { weight: `${prefix}bias`, layout: "O" as const, parts } } : {};
    const slots = { inputKernel: use("kernel"), recurrentKernel: use("recurrent_kernel"), ...bias };
    // Initial states are inputs of the layer too: through them a decoder hangs on its encoder.
    const inputs = steps.length === 0 ? { inputs: every(call) } : {};
    steps.push({ op: "recurrent", ...inputs, slots, attributes: { kind } });
  }
  return steps.length > 0 ? steps : undefined;
};

const pair = { inputs: ["forward", "backward"] } as const;
const joined: Step = { op: "concat", ...pair, attributes: { axis: -1 } };
const MERGES: Readonly<Record<string, readonly Step[]>> = {
  concat: [joined],
  sum: [{ op: "add", ...pair }],
  ave: [{ op: "add", ...pair }],
  mul: [{ op: "mul", ...pair }],
  // Two values, as if both directions had been joined and taken apart again.
  null: [joined, { op: "split" }],
};

const bidirectional: Describe = (layer, call) => {
  const sides = directions(layer);
  const merge = MERGES[String(configOf(layer).mergeMode)];
  if (sides === undefined || merge === undefined) return undefined;
  const both: Step[] = [];
  for (const [side, inner] of Object.entries(sides)) {
    const steps = recurrent(inner, call);
    if (steps === undefined) return undefined;
    steps.forEach((step, i) => {
      const to = i === steps.length - 1 ? { id: side } : {};
      both.push({ ...step, ...to, slots: prefixed(`${side}/`, step.slots) });
    });
  }
  return [...both, ...merge];
};

function prefixed(prefix: string, slots: Step["slots"] = {}): NonNullable<Step["slots"]> {
  return Object.fromEntries(
    Object.entries(slots).map(([slot, use]) => [slot, { ...use, weight: prefix + use.weight }]),
  );
}

/** A merge of two or more values as a chain of two-valued steps. */
function chain(op: "add" | "mul"): Describe {
  return (_layer, call) =>
    Array.from(
      { length: call.inputs - 1 },
      (_, i): Step => ({ op, id: `${op}${i}`, inputs: [i === 0 ? 0 : `${op}${i - 1}`, i + 1] }),
    );
}

const move: Describe = () => [{ op: "move" }];

/** A number that values are multiplied by. */
const factor = (scale: Json | undefined): NonNullable<Step["attributes"]> =>
  typeof scale === "number" ? { factor: scale } : {};

/** Attention scores are `[batch, ...heads, queries, keys]`: tfjs's own layers never move heads to the batch axis. */
function heads({ shapes: [shape = []] }: Call): { heads?: number } {
  const between = shape.slice(1, -2);
  if (shape.length < 3 || between.some((size) => size === null)) return {};
  return { heads: (between as number[]).reduce((a, b) => a * b, 1) };
}

const kind = (name: Activation): Describe => {
  return () => [{ op: "activation", attributes: { kind: name } }];
};
const pool = (name: "max" | "average", global: boolean): Describe => {
  return () => [{ op: "pool", attributes: { kind: name, global } }];
};

/** What this package knows, by the class name that tfjs serializes. */
export const OPS: Readonly<Record<string, Describe>> = {
  Dense: (layer) => [
    { op: "dense", slots: { kernel: { weight: "kernel", layout: "IO" }, ...vector(layer, "bias", "bias") } },
    ...activation(configOf(layer).activation),
  ],
  Conv1D: convolution("conv", "WIO"),
  Conv2D: convolution("conv", "HWIO"),
  Conv3D: convolution("conv", "DHWIO"),
  Conv2DTranspose: convolution("convTranspose", "HWOI"),
  Conv3DTranspose: convolution("convTranspose", "DHWOI"),
  DepthwiseConv2D: (layer) => {
    const config = configOf(layer);
    return [depthwise(layer, config, vector(layer, "bias", "bias")), ...activation(config.activation)];
  },
  SeparableConv2D: (layer) => {
    const config = configOf(layer);
    const slots = { kernel: { weight: "pointwise_kernel", layout: "HWIO" as const }, ...vector(layer, "bias", "bias") };
    const pointwise: Step = {
      op: "conv",
      id: "pointwise",
      slots,
      attributes: { groups: 1, stride: 1, kernelSize: [1, 1] },
    };
    return [{ ...depthwise(layer, config, {}), id: "depthwise" }, pointwise, ...activation(config.activation)];
  },
  Embedding: () => [{ op: "embedding", slots: { table: { weight: "embeddings", layout: "IO" } } }],
  SimpleRNN: recurrent,
  GRU: recurrent,
  LSTM: recurrent,
  RNN: recurrent,
  ConvLSTM2D: recurrent,
  Bidirectional: bidirectional,
  BatchNormalization: (layer) => {
    const statistics = { ...vector(layer, "mean", "moving_mean"), ...vector(layer, "variance", "moving_variance") };
    const slots = { ...vector(layer, "scale", "gamma"), ...vector(layer, "shift", "beta"), ...statistics };
    return [{ op: "norm", slots, attributes: { kind: "batch" } }];
  },
  LayerNormalization: (layer) => {
    const slots = { ...vector(layer, "scale", "gamma"), ...vector(layer, "shift", "beta") };
    return [{ op: "norm", slots, attributes: { kind: "layer" } }];
  },
  Activation: (layer) => {
    const steps = activation(configOf(layer).activation);
    return steps.length > 0 ? steps : [{ op: "move" }];
  },
  ReLU: kind("relu"),
  LeakyReLU: kind("leakyRelu"),
  ELU: kind("elu"),
  ThresholdedReLU: kind("other"),
  PReLU: (layer) => [{ op: "activation", slots: vector(layer, "slope", "alpha"), attributes: { kind: "prelu" } }],
  Softmax: (layer, call) => [{ op: "softmax", attributes: { axis: configOf(layer).axis ?? -1, ...heads(call) } }],
  Add: chain("add"),
  Average: chain("add"),
  Multiply: chain("mul"),
  Concatenate: (layer, call) => [
    { op: "concat", inputs: every(call), attributes: { axis: configOf(layer).axis ?? -1 } },
  ],
  Dot: () => [{ op: "matmul", inputs: [0, 1] }],
  ZeroPadding2D: () => [{ op: "pad", attributes: { channels: false } }],
  UpSampling2D: () => [{ op: "upsample" }],
  MaxPooling1D: pool("max", false),
  MaxPooling2D: pool("max", false),
  MaxPooling3D: pool("max", false),
  AveragePooling1D: pool("average", false),
  AveragePooling2D: pool("average", false),
  AveragePooling3D: pool("average", false),
  GlobalMaxPooling1D: pool("max", true),
  GlobalMaxPooling2D: pool("max", true),
  GlobalAveragePooling1D: pool("average", true),
  GlobalAveragePooling2D: pool("average", true),
  Flatten: move,
  Reshape: move,
  Permute: move,
  RepeatVector: move,
  Masking: move,
  Dropout: move,
  SpatialDropout1D: move,
  GaussianNoise: move,
  GaussianDropout: move,
  AlphaDropout: move,
  Rescaling: (layer) => [{ op: "move", attributes: factor(configOf(layer).scale) }],
  Cropping2D: move,
  CenterCrop: move,
  Resizing: move,
  RandomHeight: move,
  RandomWidth: move,
};
