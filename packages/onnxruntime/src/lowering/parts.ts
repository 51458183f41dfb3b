/** Split, Slice and Gather: parts of values. On channels they say which part, so that core sees packed QKV taken apart. */
import { getInt, getInts, type OnnxNode } from "@idinit/onnx";
import type { Handler, Lowering } from "./context.js";
import { sliceIndices } from "./fold.js";
import { numbers } from "./rearrange.js";
import { type ChannelAxis, type DataValue, type Dim, resolveAxis, type Value } from "./values.js";
import { sliceWeight } from "./view.js";

/** A tag whose axis starts at the whole: no other axis divides the channels more coarsely. */
function isOutermost(x: DataValue, tag: ChannelAxis): boolean {
  return tag.of === undefined && x.channels!.every((other) => other === undefined || other.stride <= tag.stride);
}

/** Says which channels `[start, start + size)` of an axis are: one of n equal parts where it is. */
function partAttributes(x: DataValue, axis: number, start: number, size: number) {
  const tag = x.channels?.[axis];
  const full = x.shape?.[axis];
  if (!tag || full === undefined || !isOutermost(x, tag)) return undefined;
  const equal = size > 0 && full % size === 0 && start % size === 0 && full > size;
  return {
    start: start * tag.stride,
    size: size * tag.stride,
    ...(equal && { channelPart: [start / size, full / size] }),
  };
}

/** The channels that are left on each axis after taking `size` of one. */
function cutChannels(x: DataValue, axis: number, size: Dim): DataValue["channels"] {
  return x.channels?.map((tag, i) =>
    i !== axis || tag === undefined ? tag : size === undefined ? undefined : { ...tag, size },
  );
}

export const split: Handler = (context, node, [x, second]) => {
  const rank = x?.kind === "weight" ? x.axes.length : x?.kind === "data" ? x.shape?.length : undefined;
  const axis = resolveAxis(getInt(node, "axis", 0), rank);
  const full = x?.kind === "weight" ? x.axes[axis!]?.size : x?.kind === "data" ? x.shape?.[axis ?? -1] : undefined;
  const count = node.outputs.length;
  const equal =
    full === undefined
      ? undefined
      : node.outputs.map((_, i) => Math.min(Math.ceil(full / count), full - i * Math.ceil(full / count)));
  const sizes = getInts(node, "split") ?? numbers(second) ?? equal;
  if (x?.kind === "weight" && sizes) {
    let start = 0;
    for (const [i, size] of sizes.entries()) {
      context.set(node.outputs[i], sliceWeight(x, axis!, start, size));
      start += size;
    }
    return;
  }
  if (x?.kind !== "data") return context.opaque(node, [x, second]);
  const tag = axis === undefined ? undefined : x.channels?.[axis];
  const along = tag && isOutermost(x, tag) && sizes;
  context.emit(node, "split", [x.name], along ? { attributes: { sizes: sizes.map((size) => size * tag.stride) } } : {});
  node.outputs.forEach((output, i) => {
    const size = sizes?.[i];
    const shape = x.shape?.map((dim, k) => (k === axis ? size : dim));
    const channels = axis === undefined ? undefined : cutChannels(x, axis, size);
    context.set(output, {
      kind: "data",
      name: output,
      ...(shape && { shape }),
      ...(shape && channels && { channels }),
    });
  });
};

export const slice: Handler = (context, node, inputs) => {
  const [x, starts, ends, axesInput, stepsInput] = inputs;
  const from = getInts(node, "starts") ?? (starts?.kind === "constant" ? starts.values : undefined);
  const to = getInts(node, "ends") ?? (ends?.kind === "constant" ? ends.values : undefined);
  const axes = getInts(node, "axes") ?? numbers(axesInput) ?? (axesInput ? undefined : from?.map((_, i) => i));
  const steps = numbers(stepsInput) ?? (stepsInput ? undefined : from?.map(() => 1));
  if (x?.kind === "weight") {
    const cut = from && to && axes && steps && cutWeight(context, node, x, from, to, axes, steps);
    if (!cut) context.opaque(node, [x]);
    return;
  }
  if (x?.kind !== "data") return context.opaque(node, inputs);
  let shape = x.shape;
  let channels = x.channels;
  let attributes: ReturnType<typeof partAttributes>;
  axes?.forEach((given, i) => {
    const axis = resolveAxis(given, x.shape?.length);
    const full = axis === undefined ? undefined : x.shape?.[axis];
    const [start, end, step] = [from?.[i], to?.[i], steps?.[i]];
    const indices =
      full === undefined || start === undefined || end === undefined || step === undefined
        ? undefined
        : sliceIndices(start, end, step, full);
    const size = indices?.length;
    if (indices && step === 1 && size! < full!) attributes ??= partAttributes(x, axis!, indices[0] ?? 0, size!);
    shape = shape?.map((dim, k) => (k === axis ? size : dim));
    if (axis !== undefined) channels = cutChannels({ ...x, ...(channels && { channels }) }, axis, size);
  });
  if (!axes) shape = shape?.map(() => undefined);
  context.emit(node, "slice", [x.name], { ...(attributes && { attributes }), shape, channels });
};

function cutWeight(
  context: Lowering,
  node: OnnxNode,
  x: Extract<Value, { kind: "weight" }>,
  from: readonly Dim[],
  to: readonly Dim[],
  axes: readonly number[],
  steps: readonly number[],
): boolean {
  let view = x;
  for (const [i, given] of axes.entries()) {
    const axis = resolveAxis(given, x.axes.length)!;
    const [start, end] = [from[i], to[i]];
    if (start === undefined || end === undefined || steps[i] !== 1) return false;
    const indices = sliceIndices(start, end, 1, view.axes[axis]!.size);
    if (indices.length === 0) return false;
    view = sliceWeight(view, axis, indices[0]!, indices.length);
  }
  context.set(node.outputs[0], view);
  return true;
}

/** A table looked up by data is an embedding; positions or parts picked out of data are a gather or a slice. */
export const gather: Handler = (context, node, [x, indices]) => {
  const axis = resolveAxis(getInt(node, "axis", 0), x?.kind === "data" ? x.shape?.length : undefined);
  if (x?.kind === "weight") {
    const table = axis === 0 ? context.use(x, ["I", "O"]) : undefined;
    if (!table || !indices || (indices.kind !== "data" && indices.kind !== "constant"))
      return context.opaque(node, [x, indices]);
    const width = x.axes[1]!.size;
    const shape = indices.shape && [...indices.shape, width];
    context.emit(node, "embedding", [context.name(indices, node)], {
      slots: { table },
      shape,
      channels: shape?.map((_, i) => (i === shape.length - 1 ? { stride: 1, size: width } : undefined)),
    });
    return;
  }
  if (x?.kind !== "data" || axis === undefined) return context.opaque(node, [x, indices]);
  const picked = numbers(indices);
  const added = indices?.kind === "weight" ? undefined : indices?.shape;
  const shape = x.shape && added && [...x.shape.slice(0, axis), ...added, ...x.shape.slice(axis + 1)];
  const channels = shape &&
    x.channels && [...x.channels.slice(0, axis), ...added!.map(() => undefined), ...x.channels.slice(axis + 1)];
  const full = x.shape?.[axis];
  const index = picked?.length === 1 ? picked[0]! : undefined;
  const part =
    index === undefined || full === undefined
      ? undefined
      : partAttributes(x, axis, index < 0 ? index + full : index, 1);
  if (part) context.emit(node, "slice", [x.name], { attributes: part, shape, channels });
  else context.emit(node, "gather", [x.name], { shape, channels });
};
