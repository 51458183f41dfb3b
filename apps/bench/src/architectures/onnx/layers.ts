/** One layer of an architecture as ONNX nodes. */
import type { Layer } from "../architecture.js";
import type { Shape } from "../shapes.js";
import { attention } from "./attention.js";
import { dense } from "./dense.js";
import type { Emitter } from "./emitter.js";
import { meanTokens } from "./tokens.js";

/** What an emitter knows beside the layer itself. */
export interface LayerContext {
  readonly emit: Emitter;
  /** Shape of the layer's first input without the batch axis. */
  readonly shape: Shape;
  /** Whether batch norm uses the batch's statistics and updates the running ones. */
  readonly training: boolean;
}

/** Appends the layer's nodes; the last one makes the value called `layer.name`, whose name is returned. */
export function emitLayer(layer: Layer, { emit, shape, training }: LayerContext): string {
  const { name, inputs } = layer;
  const x = inputs[0]!;
  switch (layer.op) {
    case "dense":
      return dense(emit, { x, shape, parameter: name, out: layer.out, bias: layer.bias, output: name });
    case "conv":
      return emit.node("Conv", [x, `${name}.weight`, ...(layer.bias ? [`${name}.bias`] : [])], name, {
        kernel_shape: [layer.kernel, layer.kernel],
        strides: [layer.stride, layer.stride],
        pads: new Array<number>(4).fill(layer.padding),
        dilations: [1, 1],
        group: layer.groups,
      });
    case "batchNorm":
      return batchNorm(emit, layer, training);
    case "layerNorm":
      return emit.node("LayerNormalization", [x, `${name}.weight`, `${name}.bias`], name, {
        axis: -1,
        epsilon: layer.epsilon,
      });
    case "activation":
      if (layer.kind === "gelu") return gelu(emit, x, name);
      return emit.node(layer.kind === "relu" ? "Relu" : "Tanh", [x], name);
    case "multiplier":
      return emit.node("Mul", [x, `${name}.weight`], name);
    case "shift":
      return emit.node("Add", [x, `${name}.bias`], name);
    case "amplify":
      return emit.node("Mul", [x, emit.float(layer.factor)], name);
    case "add":
      return emit.node("Add", inputs, name);
    case "zeroPadShortcut":
      return zeroPadShortcut(emit, layer, shape);
    case "averagePool":
      return emit.node("AveragePool", [x], name, windows(layer));
    case "maxPool":
      return emit.node("MaxPool", [x], name, {
        ...windows(layer),
        pads: new Array<number>(4).fill(layer.padding ?? 0),
      });
    case "globalAveragePool":
      return flatten(emit, emit.node("GlobalAveragePool", [x], `${name}/pooled`), name);
    case "flatten":
      return flatten(emit, x, name);
    case "embedding":
      return emit.node("Gather", [`${name}.weight`, x], name, { axis: 0 });
    case "position":
      return emit.node("Add", [x, `${name}.weight`], name);
    case "attention":
      return attention(emit, layer, shape);
    case "meanTokens":
      return meanTokens(emit, layer);
  }
}

function windows({ kernel, stride }: { readonly kernel: number; readonly stride: number }) {
  return { kernel_shape: [kernel, kernel], strides: [stride, stride] };
}

function flatten(emit: Emitter, x: string, output: string): string {
  return emit.node("Flatten", [x], output, { axis: 1 });
}

function batchNorm(emit: Emitter, layer: Layer & { readonly op: "batchNorm" }, training: boolean): string {
  const { name, inputs } = layer;
  const slots = ["weight", "bias", "running_mean", "running_var"].map((slot) => `${name}.${slot}`);
  const updated = training ? [`${name}/running_mean`, `${name}/running_var`] : [];
  // ONNX's momentum weighs the old statistic, the architecture's the new one.
  const attributes = { epsilon: layer.epsilon, momentum: 1 - layer.momentum, training_mode: training ? 1 : 0 };
  return emit.node("BatchNormalization", [inputs[0]!, ...slots], name, attributes, updated);
}

/** The exact form x (1 + erf(x / √2)) / 2: the operator Gelu exists only from opset 20 on. */
function gelu(emit: Emitter, x: string, output: string): string {
  const erf = emit.node("Erf", [emit.node("Div", [x, emit.float(Math.SQRT2)], `${output}/scaled`)], `${output}/erf`);
  const shifted = emit.node("Add", [erf, emit.float(1)], `${output}/shifted`);
  return emit.node("Mul", [emit.node("Mul", [x, shifted], `${output}/doubled`), emit.float(0.5)], output);
}

function zeroPadShortcut(emit: Emitter, layer: Layer & { readonly op: "zeroPadShortcut" }, shape: Shape): string {
  const { name, inputs, stride, out } = layer;
  const [channels, height, width] = [shape[0]!, shape[1]!, shape[2]!];
  const before = Math.floor((out - channels) / 2);
  const after = out - channels - before;
  const picked =
    stride === 1
      ? inputs[0]!
      : emit.node(
          "Slice",
          [
            inputs[0]!,
            ...[
              [0, 0],
              [height, width],
              [2, 3],
              [stride, stride],
            ].map((values) => emit.int64(values)),
          ],
          `${name}/picked`,
        );
  return emit.node("Pad", [picked, emit.int64([0, before, 0, 0, 0, after, 0, 0]), emit.float(0)], name);
}
