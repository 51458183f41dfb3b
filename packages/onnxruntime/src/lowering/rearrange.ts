/** Operations that rearrange, cut or join values: on data, on weights and, by `fold.ts`, on constants. */
import { getInt, getInts, type OnnxNode } from "@idinit/onnx";
import { reshapeChannels } from "./channels.js";
import type { Handler, Lowering } from "./context.js";
import { type ConstantValue, type DataValue, type Dim, resolveAxis, shapeOf, type Value } from "./values.js";
import { joinWeights, reshapeWeight, transposeWeight } from "./view.js";

/** All elements of a constant, or undefined. */
export function numbers(value: Value | undefined): readonly number[] | undefined {
  const values = value?.kind === "constant" ? value.values : undefined;
  return values?.every((v) => v !== undefined) ? (values as readonly number[]) : undefined;
}

/** An attribute that later opsets made an input. */
const attributeOrInput = (node: OnnxNode, name: string, input: Value | undefined) =>
  getInts(node, name) ?? numbers(input);

export const same: Handler = (context, node, [x, ...rest]) => {
  if (x?.kind === "data") context.move(node, x, x.shape, x.channels);
  else if (x?.kind === "weight" || x?.kind === "joined") context.set(node.outputs[0], x);
  else context.opaque(node, [x, ...rest]);
};

function reshaped(context: Lowering, node: OnnxNode, x: Value, shape: readonly Dim[] | undefined): void {
  if (x.kind === "data") {
    context.move(node, x, shape, shape && reshapeChannels(x, shape));
    return;
  }
  const known = shape?.every((dim) => dim !== undefined) ? (shape as readonly number[]) : undefined;
  const view = x.kind === "weight" && known ? reshapeWeight(x, known) : undefined;
  if (view) context.set(node.outputs[0], view);
  else if (x.kind === "joined" && known) context.set(node.outputs[0], { ...x, shape: known });
  else context.opaque(node, [x]);
}

/** ONNX's rules: 0 keeps a dimension, one -1 takes what is left. */
function targetShape(x: Value, target: ConstantValue): readonly Dim[] | undefined {
  const from = x.kind === "weight" ? x.axes.map(({ size }) => size) : x.shape;
  if (!target.values)
    return target.shape?.[0] === undefined ? undefined : Array.from({ length: target.shape[0] }, () => undefined);
  const shape = target.values.map((dim, i) => (dim === 0 ? from?.[i] : dim));
  if (!shape.includes(-1)) return shape;
  // Dimensions that are unknown on both sides at the same place (the batch) cancel.
  let left = 1;
  let right = 1;
  let clear = from !== undefined;
  const open = shape.map((dim) => dim === undefined);
  from?.forEach((dim) => {
    if (dim !== undefined) left *= dim;
    else if (open.includes(true)) open[open.indexOf(true)] = false;
    else clear = false;
  });
  for (const dim of shape) right *= dim === undefined || dim === -1 ? 1 : dim;
  const rest = clear && !open.includes(true) && Number.isInteger(left / right) ? left / right : undefined;
  return shape.map((dim) => (dim === -1 ? rest : dim));
}

export const reshape: Handler = (context, node, [x, shape]) => {
  const target: Value | undefined = shape ?? { kind: "constant", values: getInts(node, "shape") ?? [] };
  reshaped(context, node, x!, target.kind === "constant" ? targetShape(x!, target) : undefined);
};

export const flatten: Handler = (context, node, [x]) => {
  if (x?.kind !== "data") return context.opaque(node, [x]);
  const axis = getInt(node, "axis", 1);
  const known = x.shape && axis === 1 ? x.shape.slice(1) : undefined;
  const size = known?.every((dim) => dim !== undefined) ? (known as number[]).reduce((a, b) => a * b, 1) : undefined;
  const shape = [x.shape?.[0], size];
  context.move(node, x, shape, reshapeChannels(x, shape));
};

export const transpose: Handler = (context, node, [x]) => {
  const rank = x?.kind === "weight" ? x.axes.length : x?.kind === "data" ? x.shape?.length : undefined;
  const perm =
    getInts(node, "perm") ?? (rank === undefined ? undefined : Array.from({ length: rank }, (_, i) => rank - 1 - i));
  if (x?.kind === "weight" && perm) context.set(node.outputs[0], transposeWeight(x, perm));
  else if (x?.kind === "data") {
    context.move(
      node,
      x,
      perm && x.shape && perm.map((axis) => x.shape![axis]),
      perm && x.channels && perm.map((axis) => x.channels![axis]),
    );
  } else context.opaque(node, [x]);
};

export const squeeze: Handler = (context, node, [x, second]) => {
  const from = x?.kind === "weight" ? x.axes.map(({ size }) => size) : x?.shape;
  let axes = attributeOrInput(node, "axes", second);
  if (!from) return reshaped(context, node, x!, undefined);
  if (node.opType === "Squeeze") {
    axes ??= from.flatMap((dim, i) => (dim === 1 ? [i] : []));
    const gone = new Set(axes.map((axis) => resolveAxis(axis, from.length)));
    return reshaped(
      context,
      node,
      x!,
      from.filter((_, i) => !gone.has(i)),
    );
  }
  if (!axes) return reshaped(context, node, x!, undefined);
  const rank = from.length + axes.length;
  const added = new Set(axes.map((axis) => resolveAxis(axis, rank)));
  let next = 0;
  reshaped(
    context,
    node,
    x!,
    Array.from({ length: rank }, (_, i) => (added.has(i) ? 1 : from[next++])),
  );
};

/** Repeating values changes nothing about where they come from. */
export const expand: Handler = (context, node, [x, shape]) => {
  if (x?.kind === "weight") context.set(node.outputs[0], x);
  else if (x?.kind === "data") {
    const rank = shape?.kind === "constant" ? shape.values?.length : undefined;
    context.move(node, x, rank === x.shape?.length ? x.shape?.map((dim) => (dim === 1 ? undefined : dim)) : undefined);
  } else context.opaque(node, [x, shape]);
};

export const concat: Handler = (context, node, inputs) => {
  const stored = inputs.filter((value) => value?.kind === "weight" || value?.kind === "joined");
  if (stored.length === inputs.length) {
    const shapes = stored.map((value) => shapeOf(value) as readonly number[]);
    const axis = resolveAxis(getInt(node, "axis", 0), shapes[0]!.length)!;
    context.set(node.outputs[0], joinWeights(stored, shapes, axis));
    return;
  }
  const first = inputs.find((value) => value?.kind === "data" && value.shape) as DataValue | undefined;
  const axis = resolveAxis(getInt(node, "axis", 0), first?.shape?.length);
  const sizes = inputs.map(
    (value) => (value?.kind === "weight" ? value.axes.map(({ size }) => size) : value?.shape)?.[axis ?? -1],
  );
  const total = sizes.every((size) => size !== undefined) ? (sizes as number[]).reduce((a, b) => a + b, 0) : undefined;
  const shape = first?.shape?.map((dim, i) => (i === axis ? total : dim));
  const alongChannels = axis !== undefined && first?.channels?.[axis] !== undefined;
  context.emit(
    node,
    "concat",
    inputs.map((value) => context.name(value!, node, "shift")),
    {
      ...(axis !== undefined && { attributes: { axis } }),
      shape,
      channels: shape?.map((_, i) => {
        if (i === axis) return alongChannels && total !== undefined ? { stride: 1, size: total } : undefined;
        return alongChannels ? undefined : first!.channels?.[i];
      }),
    },
  );
};

export const pad: Handler = (context, node, [x, second]) => {
  if (x?.kind !== "data") return context.opaque(node, [x, second]);
  const pads = attributeOrInput(node, "pads", second) ?? getInts(node, "paddings");
  const rank = pads && pads.length / 2;
  const shape = pads && x.shape?.map((dim, i) => (dim === undefined ? undefined : dim + pads[i]! + pads[i + rank!]!));
  const axis = x.channels?.findIndex((tag) => tag?.stride === 1) ?? 1;
  const widens = pads !== undefined && (pads[axis] ?? 0) + (pads[axis + rank!] ?? 0) > 0;
  context.emit(node, "pad", [x.name], {
    ...(widens && { attributes: { channels: true } }),
    shape,
    channels:
      shape && x.channels?.map((tag, i) => (tag && shape[i] !== undefined ? { ...tag, size: shape[i] } : undefined)),
  });
};
