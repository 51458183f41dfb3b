/** MatMul, Gemm, Conv, ConvTranspose: a weight beside data makes a layer, two data values a product. */
import { getInt, getInts, getString, type OnnxNode } from "@idinit/onnx";
import { channelsAt, type Handler, type Lowering } from "./context.js";
import type { DataValue, Dim, Value, WeightValue } from "./values.js";

const LETTERS = ["W", "HW", "DHW"];

/** `x W` with W as `[in, out]`, or `W x` with W as `[out, in]`. */
function dense(context: Lowering, node: OnnxNode, x: DataValue, weight: WeightValue, left: boolean, bias?: Value) {
  const kernel = context.use(weight, left ? ["O", "I"] : ["I", "O"]);
  if (!kernel) return context.opaque(node, [x, weight, bias]);
  const out = weight.axes[left ? 0 : 1]!.size;
  const axis = x.shape && (left ? x.shape.length - 2 : x.shape.length - 1);
  const shape = x.shape?.map((dim, i) => (i === axis ? out : dim));
  const biasUse = bias?.kind === "weight" ? context.vector(bias) : undefined;
  context.emit(node, "dense", [x.name], {
    slots: { kernel, ...(biasUse && { bias: biasUse }) },
    shape,
    channels: shape && channelsAt(shape.length, axis!, out),
  });
}

/**
 * The product of queries and keys has no channels, but an axis that was cut from them: the heads, one of its stacked matrices each. Where
 * that axis runs over the batch as well, its tag says how many heads it holds.
 */
function headsOf(a: DataValue, b: DataValue): DataValue["channels"] {
  const last = a.channels?.at(-1);
  if (last?.of !== undefined) {
    return a.channels!.map((_, i) => (i === 0 ? { stride: last.size, size: last.of! / last.size } : undefined));
  }
  const stacked = (i: number) => i < (a.channels?.length ?? 0) - 2;
  return a.channels?.map((tag, i) => (stacked(i) && tag?.size === b.channels?.[i]?.size ? tag : undefined));
}

export const matMul: Handler = (context, node, [a, b]) => {
  if (a?.kind === "data" && b?.kind === "weight") return dense(context, node, a, b, false);
  if (a?.kind === "weight" && b?.kind === "data") return dense(context, node, b, a, true);
  if (a?.kind === "data" && b?.kind === "data") {
    const shape = a.shape && b.shape && a.shape.length >= 2 ? [...a.shape.slice(0, -1), b.shape.at(-1)] : undefined;
    // The value side of attention carries the channels on.
    const channels = b.channels?.at(-1) ? b.channels : headsOf(a, b);
    context.emit(node, "matmul", [a.name, b.name], {
      shape,
      channels: shape && channels && shape.map((_, i) => channels[i]),
    });
    return;
  }
  const data = [a, b].find((value) => value?.kind === "data") as DataValue | undefined;
  if (data && [a, b].some((value) => value?.kind === "constant")) return context.move(node, data);
  context.opaque(node, [a, b]);
};

export const gemm: Handler = (context, node, [a, b, c]) => {
  const flipped = (value: Value | undefined, flag: string): Value | undefined =>
    getInt(node, flag, 0) && value?.kind === "weight" ? { ...value, axes: [...value.axes].reverse() } : value;
  const left = flipped(a, "transA");
  const right = flipped(b, "transB");
  if (left?.kind === "data" && right?.kind === "weight" && !getInt(node, "transA", 0)) {
    return dense(context, node, left, right, false, c);
  }
  if (left?.kind === "weight" && right?.kind === "data") return dense(context, node, right, left, true, c);
  if (left?.kind === "data" && right?.kind === "data" && !c) {
    context.emit(node, "matmul", [left.name, right.name]);
    return;
  }
  context.opaque(node, [a, b, c]);
};

function spatialSizes(node: OnnxNode, x: DataValue, kernel: readonly number[]): Dim[] {
  const strides = getInts(node, "strides");
  const dilations = getInts(node, "dilations");
  const pads = getInts(node, "pads");
  if (getString(node, "auto_pad", "NOTSET") !== "NOTSET") return kernel.map(() => undefined);
  return kernel.map((k, i) => {
    const size = x.shape?.[i + 2];
    const padding = (pads?.[i] ?? 0) + (pads?.[i + kernel.length] ?? 0);
    const reach = (dilations?.[i] ?? 1) * (k - 1) + 1;
    return size === undefined ? undefined : Math.floor((size + padding - reach) / (strides?.[i] ?? 1)) + 1;
  });
}

export const conv: Handler = (context, node, [x, w, b]) => {
  const transposed = node.opType === "ConvTranspose";
  const letters = w?.kind === "weight" ? LETTERS[w.axes.length - 3] : undefined;
  if (x?.kind !== "data" || w?.kind !== "weight" || !letters) return context.opaque(node, [x, w, b]);
  const groups = getInt(node, "group", 1);
  const kernel = context.use(w, [...(transposed ? "IO" : "OI"), ...letters], { groups });
  if (!kernel) return context.opaque(node, [x, w, b]);
  const bias = b?.kind === "weight" ? context.vector(b) : undefined;
  const sizes = w.axes.map(({ size }) => size);
  const out = transposed ? sizes[1]! * groups : sizes[0]!;
  const taps = sizes.slice(2);
  const shape = [x.shape?.[0], out, ...(transposed ? taps.map(() => undefined) : spatialSizes(node, x, taps))];
  const strides = getInts(node, "strides") ?? [1];
  context.emit(node, transposed ? "convTranspose" : "conv", [x.name], {
    slots: { kernel, ...(bias && { bias }) },
    attributes: { groups, ...(transposed ? {} : { stride: Math.max(...strides), kernelSize: taps }) },
    shape,
    channels: channelsAt(shape.length, 1, out),
  });
};
