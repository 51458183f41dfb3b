/** Operators that move, cut, join or make tensors; shape arithmetic passes through most of them. */
import { DataType, getInt, getInts, getTensor, tensorNumbers } from "@idinit/onnx";
import { axisOf, type Dim, product, quotient } from "./dims.js";
import type { Facts, InferContext, InferRule } from "./facts.js";
import { factsOfTensor, MAX_ELEMENTS } from "./tensor-facts.js";

const unknownDims = (c: InferContext, lengthFrom: number): readonly Dim[] | undefined => {
  const count = c.input(lengthFrom)?.dims?.[0];
  return typeof count === "number" ? Array.from({ length: count }, (_, i) => c.fresh(i)) : undefined;
};

const reshape: InferRule = (c) => {
  const x = c.input(0)!;
  const wanted = c.input(1)?.elements;
  if (!wanted) return [{ type: x.type, dims: unknownDims(c, 1) }];
  const zeroIsCopy = !getInt(c.node, "allowzero", 0);
  const dims = wanted.map((dim, i) => (dim === 0 && zeroIsCopy ? (x.dims?.[i] ?? c.fresh(i)) : dim));
  const open = dims.indexOf(-1);
  if (open >= 0) {
    const rest = product(dims.filter((_, i) => i !== open));
    dims[open] = (x.dims && quotient(product(x.dims), rest)) ?? c.fresh(open);
  }
  return [{ type: x.type, dims, elements: x.elements }];
};

const transpose: InferRule = (c) => {
  const x = c.input(0)!;
  if (!x.dims) return [{ type: x.type }];
  const order = getInts(c.node, "perm") ?? x.dims.map((_, i) => x.dims!.length - 1 - i);
  const [rows, columns] = x.dims as number[];
  const swapped = x.elements && x.dims.length === 2 && order[0] === 1;
  const elements = swapped
    ? x.elements!.map((_, i) => x.elements![(i % rows!) * columns! + Math.floor(i / rows!)]!)
    : undefined;
  return [
    { type: x.type, dims: order.map((axis) => x.dims![axis]!), elements: x.dims.length < 2 ? x.elements : elements },
  ];
};

const flatten: InferRule = (c) => {
  const x = c.input(0)!;
  if (!x.dims) return [{ type: x.type }];
  const axis = axisOf(getInt(c.node, "axis", 1), x.dims.length);
  return [{ type: x.type, dims: [product(x.dims.slice(0, axis)), product(x.dims.slice(axis))] }];
};

const squeeze: InferRule = (c) => {
  const x = c.input(0)!;
  const axes = c.node.inputs[1] ? c.numbers(1) : undefined;
  if (!x.dims || (c.node.inputs[1] && !axes)) return [{ type: x.type }];
  const gone = axes?.map((a) => axisOf(a, x.dims!.length)) ?? x.dims.flatMap((d, i) => (d === 1 ? [i] : []));
  return [{ type: x.type, dims: x.dims.filter((_, i) => !gone.includes(i)), elements: x.elements }];
};

const unsqueeze: InferRule = (c) => {
  const x = c.input(0)!;
  const axes = c.numbers(1);
  if (!x.dims || !axes) return [{ type: x.type }];
  const rank = x.dims.length + axes.length;
  const added = new Set(axes.map((a) => axisOf(a, rank)));
  const rest = [...x.dims];
  const dims = Array.from({ length: rank }, (_, i) => (added.has(i) ? 1 : rest.shift()!));
  return [{ type: x.type, dims, elements: x.elements }];
};

const concat: InferRule = (c) => {
  const all = c.node.inputs.map((_, i) => c.input(i)!);
  const first = all[0]!;
  if (!all.every((f) => f.dims)) return [{ type: first.type }];
  const axis = axisOf(getInt(c.node, "axis", 0), first.dims!.length);
  const sizes = all.map((f) => f.dims![axis]!);
  const size = sizes.every((s) => typeof s === "number")
    ? (sizes as number[]).reduce((a, b) => a + b, 0)
    : sizes.every((s) => s === sizes[0])
      ? product([sizes.length, sizes[0]!])
      : c.fresh(axis);
  const dims = first.dims!.map((d, i) => (i === axis ? size : d));
  const elements = all.every((f) => f.elements) && dims.length === 1 ? all.flatMap((f) => f.elements!) : undefined;
  return [{ type: first.type, dims, elements }];
};

const split: InferRule = (c) => {
  const x = c.input(0)!;
  const count = c.node.outputs.length;
  if (!x.dims) return Array.from({ length: count }, () => ({ type: x.type }));
  const axis = axisOf(getInt(c.node, "axis", 0), x.dims.length);
  const sizes = splitSizes(c, x.dims[axis]!, count);
  return Array.from({ length: count }, (_, k) => ({
    type: x.type,
    dims: x.dims!.map((d, i) => (i === axis ? (sizes?.[k] ?? c.fresh(k)) : d)),
  }));
};

/** Sizes along the split axis; equal parts (the last one smaller) where the node lists none. */
function splitSizes(c: InferContext, size: Dim, count: number): readonly Dim[] | undefined {
  if (c.node.inputs[1]) return c.input(1)?.elements;
  if (typeof size !== "number") {
    const part = quotient(size, count);
    return part === undefined ? undefined : new Array<Dim>(count).fill(part);
  }
  const part = Math.ceil(size / count);
  return Array.from({ length: count }, (_, k) => Math.min(part, size - k * part));
}

const expand: InferRule = (c) => {
  const x = c.input(0)!;
  const wanted = c.input(1)?.elements;
  if (!x.dims || !wanted) return [{ type: x.type, dims: unknownDims(c, 1) }];
  const rank = Math.max(x.dims.length, wanted.length);
  const at = (list: readonly Dim[], i: number) => list[i - rank + list.length] ?? 1;
  return [
    {
      type: x.type,
      dims: Array.from({ length: rank }, (_, i) => (at(wanted, i) === 1 ? at(x.dims!, i) : at(wanted, i))),
    },
  ];
};

const pad: InferRule = (c) => {
  const x = c.input(0)!;
  const pads = c.numbers(1);
  const axes = c.node.inputs[3] ? c.numbers(3) : x.dims?.map((_, i) => i);
  if (!x.dims || !pads || !axes) return [{ type: x.type, dims: x.dims?.map((_, i) => c.fresh(i)) }];
  const dims = [...x.dims];
  axes.forEach((axis, k) => {
    const a = axisOf(axis, dims.length);
    const added = pads[k]! + pads[k + axes.length]!;
    const size = dims[a]!;
    if (added !== 0) dims[a] = typeof size === "number" ? size + added : c.fresh(a);
  });
  return [{ type: x.type, dims }];
};

const gather: InferRule = (c) => {
  const data = c.input(0)!;
  const indices = c.input(1)!;
  if (!data.dims || !indices.dims) return [{ type: data.type }];
  const axis = axisOf(getInt(c.node, "axis", 0), data.dims.length);
  const dims = [...data.dims.slice(0, axis), ...indices.dims, ...data.dims.slice(axis + 1)];
  const picks = indices.elements;
  const elements =
    data.dims.length === 1 && data.elements && picks?.every((p) => typeof p === "number")
      ? (picks as number[]).map((p) => data.elements![axisOf(p, data.elements!.length)]!)
      : undefined;
  return [{ type: data.type, dims, elements }];
};

const shape: InferRule = (c) => {
  const dims = c.input(0)?.dims;
  if (!dims) return [{ type: DataType.int64 }];
  const part = dims.slice(getInt(c.node, "start", 0), getInt(c.node, "end"));
  return [{ type: DataType.int64, dims: [part.length], elements: part }];
};

const constantOfShape: InferRule = (c) => {
  const value = getTensor(c.node, "value");
  const dims = c.input(0)?.elements ?? unknownDims(c, 0);
  const fill = value ? tensorNumbers(value)[0] : 0;
  const short = dims?.length === 1 && typeof dims[0] === "number" && dims[0] <= MAX_ELEMENTS;
  return [
    {
      type: value?.dataType ?? DataType.float,
      dims,
      elements: short && fill !== undefined ? new Array(dims[0] as number).fill(fill) : undefined,
    },
  ];
};

const range: InferRule = (c) => {
  const [start, limit, delta] = [c.numbers(0)?.[0], c.numbers(1)?.[0], c.numbers(2)?.[0]];
  const type = c.input(0)?.type;
  const open = c.input(1)?.elements?.[0];
  if (start === 0 && delta === 1 && typeof open === "string") return [{ type, dims: [open] }];
  if (start === undefined || limit === undefined || delta === undefined) return [{ type, dims: [c.fresh(0)] }];
  const count = Math.max(0, Math.ceil((limit - start) / delta));
  const elements = count <= MAX_ELEMENTS ? Array.from({ length: count }, (_, i) => start + i * delta) : undefined;
  return [{ type, dims: [count], elements }];
};

const constant: InferRule = (c) => {
  const tensor = getTensor(c.node, "value");
  if (tensor) return [factsOfTensor(tensor)];
  const elements = getInts(c.node, "value_ints");
  if (elements) return [{ type: DataType.int64, dims: [elements.length], elements }];
  const int = getInt(c.node, "value_int");
  if (int !== undefined) return [{ type: DataType.int64, dims: [], elements: [int] }];
  const floats = c.node.attributes.find((a) => a.name === "value_floats");
  return [{ type: DataType.float, dims: floats?.type === "floats" ? [floats.value.length] : [] }];
};

const size: InferRule = (c): Facts[] => {
  const dims = c.input(0)?.dims;
  return [{ type: DataType.int64, dims: [], elements: dims && [product(dims)] }];
};

export const layoutRules: Readonly<Record<string, InferRule>> = {
  Reshape: reshape,
  Transpose: transpose,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Concat: concat,
  Split: split,
  Expand: expand,
  Pad: pad,
  Gather: gather,
  Shape: shape,
  Size: size,
  ConstantOfShape: constantOfShape,
  Range: range,
  Constant: constant,
};
