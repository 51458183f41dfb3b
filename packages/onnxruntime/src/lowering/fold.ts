/** Evaluates the shape arithmetic that exporters leave in a graph. Elements may be unknown; large or other tensors are not followed. */
import { getAttribute, getInt, getInts, getTensor, type OnnxNode, tensorNumbers } from "@idinit/onnx";
import { broadcast, type ConstantValue, resolveAxis } from "./values.js";

/** A tensor with few elements, all dimensions known. */
export interface Small {
  readonly shape: readonly number[];
  readonly values: readonly (number | undefined)[];
}

/** More elements than that are never shapes, axes or pads. */
export const MAX_ELEMENTS = 1024;

const UNKNOWN: ConstantValue = { kind: "constant" };
const constant = (shape: readonly number[], values: readonly (number | undefined)[]): ConstantValue => ({
  kind: "constant",
  shape,
  values,
});
const count = (shape: readonly number[]) => shape.reduce((product, dim) => product * dim, 1);

type Binary = (a: number, b: number) => number;
const BINARY: Readonly<Record<string, Binary>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Mod: (a, b) => a - b * Math.floor(a / b),
  Pow: (a, b) => a ** b,
  Min: Math.min,
  Max: Math.max,
  Equal: (a, b) => Number(a === b),
  Less: (a, b) => Number(a < b),
  Greater: (a, b) => Number(a > b),
  And: (a, b) => Number(a !== 0 && b !== 0),
  Or: (a, b) => Number(a !== 0 || b !== 0),
};

const UNARY: Readonly<Record<string, (a: number) => number>> = {
  Floor: Math.floor,
  Ceil: Math.ceil,
  Sqrt: Math.sqrt,
  Neg: (a) => -a,
  Abs: Math.abs,
  Not: (a) => Number(a === 0),
  Reciprocal: (a) => 1 / a,
  Identity: (a) => a,
};

/** Casts to these keep fractions. */
const FLOATS = new Set([1, 10, 11, 16]);

/** Positions in `from` (a shape) of every element of `to` (a shape it broadcasts to). */
function* positions(from: readonly number[], to: readonly number[]): Generator<number> {
  for (let i = 0; i < count(to); i++) {
    let rest = i;
    let at = 0;
    let stride = 1;
    for (let axis = to.length - 1, own = from.length - 1; axis >= 0; axis--, own--) {
      const index = rest % to[axis]!;
      rest = Math.floor(rest / to[axis]!);
      if (own < 0) continue;
      at += (from[own] === 1 ? 0 : index) * stride;
      stride *= from[own]!;
    }
    yield at;
  }
}

const expand = (small: Small, shape: readonly number[]) =>
  Array.from(positions(small.shape, shape), (at) => small.values[at]);

function binary(f: Binary, a: Small, b: Small, integer: boolean): ConstantValue {
  const shape = broadcast(a.shape, b.shape) as readonly number[];
  const right = expand(b, shape);
  const values = expand(a, shape).map((x, i) => {
    const y = right[i];
    return x === undefined || y === undefined ? undefined : integer ? Math.trunc(f(x, y)) : f(x, y);
  });
  return constant(shape, values);
}

/** Elements of `small` with the axes in another order or cut: `pick` maps an output position to an input position, per axis. */
function gatherAxis(small: Small, axis: number, indices: readonly number[], keep: readonly number[]): ConstantValue {
  const before = count(small.shape.slice(0, axis));
  const size = small.shape[axis]!;
  const after = count(small.shape.slice(axis + 1));
  const values: (number | undefined)[] = [];
  for (let b = 0; b < before; b++) {
    for (const index of indices) {
      const at = (b * size + (index < 0 ? index + size : index)) * after;
      values.push(...small.values.slice(at, at + after));
    }
  }
  return constant([...small.shape.slice(0, axis), ...keep, ...small.shape.slice(axis + 1)], values);
}

/** Indices that a slice takes along an axis of `size`. */
export function sliceIndices(start: number, end: number, step: number, size: number): number[] {
  const clamp = (value: number, low: number, high: number) =>
    Math.min(Math.max(value < 0 ? value + size : value, low), high);
  const indices: number[] = [];
  if (step > 0) for (let i = clamp(start, 0, size); i < clamp(end, 0, size); i += step) indices.push(i);
  else
    for (let i = clamp(start, 0, size - 1); i > (end < -size ? -1 : clamp(end, -1, size - 1)); i += step)
      indices.push(i);
  return indices;
}

const known = (small: Small | undefined): readonly number[] | undefined =>
  small?.values.every((v) => v !== undefined) ? (small.values as readonly number[]) : undefined;

function slice(node: OnnxNode, inputs: readonly (Small | undefined)[]): ConstantValue {
  const x = inputs[0]!;
  const starts = getInts(node, "starts") ?? known(inputs[1]);
  const ends = getInts(node, "ends") ?? known(inputs[2]);
  const axes = getInts(node, "axes") ?? known(inputs[3]) ?? starts?.map((_, i) => i);
  const steps = node.inputs[4] ? known(inputs[4]) : starts?.map(() => 1);
  if (!starts || !ends || !axes || !steps) return UNKNOWN;
  let out: Small = x;
  for (const [i, axis] of axes.entries()) {
    const at = resolveAxis(axis, x.shape.length)!;
    const indices = sliceIndices(starts[i]!, ends[i]!, steps[i]!, out.shape[at]!);
    out = gatherAxis(out, at, indices, [indices.length]) as Small;
  }
  return constant(out.shape, out.values);
}

function reshape(x: Small, target: readonly number[] | undefined): ConstantValue {
  if (!target) return UNKNOWN;
  const shape = target.map((dim, i) => (dim === 0 ? x.shape[i]! : dim));
  const rest = x.values.length / shape.reduce((product, dim) => (dim === -1 ? product : product * dim), 1);
  return constant(
    shape.map((dim) => (dim === -1 ? rest : dim)),
    x.values,
  );
}

function transpose(x: Small, perm: readonly number[] | undefined): ConstantValue {
  const order = perm ?? x.shape.map((_, i) => x.shape.length - 1 - i);
  const shape = order.map((axis) => x.shape[axis]!);
  const strides = x.shape.map((_, i) => count(x.shape.slice(i + 1)));
  const values = x.values.map((_, i) => {
    let at = 0;
    let rest = i;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += (rest % shape[axis]!) * strides[order[axis]!]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    return x.values[at];
  });
  return constant(shape, values);
}

function squeeze(node: OnnxNode, x: Small, second: Small | undefined): ConstantValue {
  const axes = getInts(node, "axes") ?? known(second);
  if (node.opType === "Squeeze") {
    const gone =
      axes?.map((axis) => resolveAxis(axis, x.shape.length)) ?? x.shape.flatMap((dim, i) => (dim === 1 ? [i] : []));
    return constant(
      x.shape.filter((_, i) => !gone.includes(i)),
      x.values,
    );
  }
  if (!axes) return UNKNOWN;
  const rank = x.shape.length + axes.length;
  const added = new Set(axes.map((axis) => resolveAxis(axis, rank)));
  let next = 0;
  return constant(
    Array.from({ length: rank }, (_, i) => (added.has(i) ? 1 : x.shape[next++]!)),
    x.values,
  );
}

function concat(node: OnnxNode, parts: readonly Small[]): ConstantValue {
  const axis = resolveAxis(getInt(node, "axis", 0), parts[0]!.shape.length)!;
  const before = count(parts[0]!.shape.slice(0, axis));
  const values: (number | undefined)[] = [];
  for (let b = 0; b < before; b++) {
    for (const part of parts) {
      const chunk = part.values.length / before;
      values.push(...part.values.slice(b * chunk, (b + 1) * chunk));
    }
  }
  const total = parts.reduce((sum, part) => sum + part.shape[axis]!, 0);
  return constant(
    parts[0]!.shape.map((dim, i) => (i === axis ? total : dim)),
    values,
  );
}

function filled(node: OnnxNode, shape: readonly number[] | undefined): ConstantValue {
  if (!shape || count(shape) > MAX_ELEMENTS) return shape ? { kind: "constant", shape } : UNKNOWN;
  const tensor = getTensor(node, "value");
  const value = tensor ? tensorNumbers(tensor)[0] : 0;
  return constant(
    shape,
    Array.from({ length: count(shape) }, () => value),
  );
}

function range(start: number | undefined, limit: number | undefined, delta: number | undefined): ConstantValue {
  if (start === undefined || limit === undefined || !delta) return UNKNOWN;
  const size = Math.max(0, Math.ceil((limit - start) / delta));
  return size > MAX_ELEMENTS
    ? { kind: "constant", shape: [size] }
    : constant(
        [size],
        Array.from({ length: size }, (_, i) => start + i * delta),
      );
}

/** What a node makes of constants. Never wrong: unknown where it is not followed. `integer` tells that division truncates. */
export function fold(node: OnnxNode, inputs: readonly (ConstantValue | undefined)[], integer: boolean): ConstantValue {
  const small = inputs.map(toSmall);
  const x = small[0];
  if (node.opType === "ConstantOfShape") return filled(node, known(x));
  if (node.opType === "Range")
    return range(...(small.slice(0, 3).map((s) => s?.values[0]) as [number, number, number]));
  if (!x || inputs.some((input, i) => input !== undefined && small[i] === undefined)) return UNKNOWN;
  const two = BINARY[node.opType];
  if (two && small[1]) return binary(two, x, small[1], integer && node.opType === "Div");
  const one = UNARY[node.opType];
  if (one)
    return constant(
      x.shape,
      x.values.map((v) => (v === undefined ? v : one(v))),
    );
  switch (node.opType) {
    case "Cast": {
      const whole = !FLOATS.has(getInt(node, "to", 0));
      return constant(
        x.shape,
        x.values.map((v) => (v === undefined ? v : whole ? Math.trunc(v) : v)),
      );
    }
    case "Shape":
      return constant([x.shape.length], x.shape);
    case "Gather": {
      const indices = small[1] && known(small[1]);
      const axis = resolveAxis(getInt(node, "axis", 0), x.shape.length)!;
      return indices ? gatherAxis(x, axis, indices, small[1]!.shape) : UNKNOWN;
    }
    case "Slice":
      return slice(node, small);
    case "Reshape":
      return reshape(x, known(small[1]));
    case "Transpose":
      return transpose(x, getInts(node, "perm"));
    case "Squeeze":
    case "Unsqueeze":
      return squeeze(node, x, small[1]);
    case "Concat":
      return concat(node, small as Small[]);
    case "Expand": {
      const target = small[1] && known(small[1]);
      const shape = target && (broadcast(x.shape, target) as readonly number[]);
      return shape && count(shape) <= MAX_ELEMENTS ? constant(shape, expand(x, shape)) : UNKNOWN;
    }
    case "Where": {
      if (!small[1] || !small[2]) return UNKNOWN;
      const shape = broadcast(x.shape, broadcast(small[1].shape, small[2].shape)) as readonly number[];
      const [yes, no] = [expand(small[1], shape), expand(small[2], shape)];
      return constant(
        shape,
        expand(x, shape).map((c, i) => (c === undefined ? undefined : c ? yes[i] : no[i])),
      );
    }
    case "ReduceProd":
      return getAttribute(node, "axes") ? UNKNOWN : constant([], [known(x)?.reduce((a, b) => a * b, 1)]);
    default:
      return UNKNOWN;
  }
}

function toSmall(value: ConstantValue | undefined): Small | undefined {
  if (!value?.values || !value.shape?.every((dim) => dim !== undefined)) return undefined;
  return { shape: value.shape as readonly number[], values: value.values };
}
