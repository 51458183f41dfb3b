/** Operators without a WebGPU kernel as simpler ones that have one: their values stay on the device. */
import {
  DataType,
  getFloat,
  getInt,
  getString,
  intAttribute,
  intsAttribute,
  type OnnxNode,
  tensorNumbers,
} from "@idinit/onnx";
import type { Lowering, LoweringTable, Replacement } from "./lower.js";

export const ints = (to: Replacement, values: readonly number[]): string =>
  to.constant([values.length], BigInt64Array.from(values, BigInt));

/** A scalar in the type of a value. */
export const like = (to: Replacement, number: number, value: string) =>
  to.op("CastLike", [to.constant([], Float32Array.of(number)), value]);

const first = (node: OnnxNode) => [node.inputs[0]!, node.outputs[0]!] as const;

/** Additions one after the other; `output` names the last. */
function total(to: Replacement, [start, ...rest]: readonly string[], output?: string): string {
  const last = rest.pop();
  if (last === undefined) return to.op("Identity", [start!], [], output);
  const before = rest.reduce((sum, value) => to.op("Add", [sum, value]), start!);
  return to.op("Add", [before, last], [], output);
}

const sum: Lowering = (node, to) => {
  total(to, node.inputs, node.outputs[0]);
  return true;
};

const mean: Lowering = (node, to) => {
  const all = total(to, node.inputs);
  to.op("Div", [all, like(to, node.inputs.length, all)], [], node.outputs[0]);
  return true;
};

/** (x > 0) - (x < 0) */
const sign: Lowering = (node, to) => {
  const [x, y] = first(node);
  const zero = like(to, 0, x);
  const side = (comparison: string) => to.op("CastLike", [to.op(comparison, [x, zero]), x]);
  to.op("Sub", [side("Greater"), side("Less")], [], y);
  return true;
};

/** alpha Elu(x / alpha) */
const celu: Lowering = (node, to) => {
  const [x, y] = first(node);
  const alpha = like(to, getFloat(node, "alpha", 1), x);
  to.op("Mul", [to.op("Elu", [to.op("Div", [x, alpha])]), alpha], [], y);
  return true;
};

/** gamma Elu(x), Elu with Selu's alpha. */
const selu: Lowering = (node, to) => {
  const [x, y] = first(node);
  const alpha = { name: "alpha", type: "float", value: getFloat(node, "alpha", 1.6732632) } as const;
  to.op("Mul", [to.op("Elu", [x], [alpha]), like(to, getFloat(node, "gamma", 1.050701), x)], [], y);
  return true;
};

/** x / (1 + |x|) */
const softsign: Lowering = (node, to) => {
  const [x, y] = first(node);
  to.op("Div", [x, to.op("Add", [to.op("Abs", [x]), like(to, 1, x)])], [], y);
  return true;
};

/** x - bias above lambda, x + bias below -lambda, 0 between. */
const shrink: Lowering = (node, to) => {
  const [x, y] = first(node);
  const lambda = getFloat(node, "lambd", 0.5);
  const bias = like(to, getFloat(node, "bias", 0), x);
  const below = to.op("Less", [x, like(to, -lambda, x)]);
  const lower = to.op("Where", [below, to.op("Add", [x, bias]), like(to, 0, x)]);
  to.op("Where", [to.op("Greater", [x, like(to, lambda, x)]), to.op("Sub", [x, bias]), lower], [], y);
  return true;
};

/** d - log sum exp d with d = x - max x; the axes of ReduceMax became an input in opset 18. */
const logSoftmax: Lowering = (node, to) => {
  const [x, y] = first(node);
  const axis = getInt(node, "axis", -1);
  const keep = intAttribute("keepdims", 1);
  const axes = ints(to, [axis]);
  const most =
    to.opset >= 18
      ? to.op("ReduceMax", [x, axes], [keep])
      : to.op("ReduceMax", [x], [intsAttribute("axes", [axis]), keep]);
  const difference = to.op("Sub", [x, most]);
  const sums = to.op("ReduceSum", [to.op("Exp", [difference]), axes], [keep]);
  to.op("Sub", [difference, to.op("Log", [sums])], [], y);
  return true;
};

/** `[n, c, h b, w b]` to `[n, (row in block, column in block, c), h, w]`, where Reshape can copy all sizes but one. */
const spaceToDepth: Lowering = (node, to) => {
  const [x, y] = first(node);
  const block = getInt(node, "blocksize")!;
  const perm = (value: string, order: number[], output?: string) =>
    to.op("Transpose", [value], [intsAttribute("perm", order)], output);
  const columns = to.op("Reshape", [x, ints(to, [0, 0, 0, -1, block])]);
  const rows = to.op("Reshape", [perm(columns, [0, 1, 3, 4, 2]), ints(to, [0, 0, 0, 0, -1, block])]);
  const joined = to.op("Reshape", [perm(rows, [4, 2, 0, 5, 3, 1]), ints(to, [0, 0, 0, -1])]);
  perm(joined, [2, 3, 0, 1], y);
  return true;
};

/** Shifts of uint32 values by stored places, as dropout's masks have them, by products and quotients with powers of 2. */
const bitShift: Lowering = (node, to) => {
  const [x, places] = node.inputs as [string, string];
  const stored = to.stored(places);
  if (stored?.dataType !== DataType.uint32) return false;
  const powers = Uint32Array.from(tensorNumbers(stored), (place) => 2 ** place);
  // The power of a shift by all 32 bits does not fit.
  if (powers.includes(0)) return false;
  const operator = getString(node, "direction", "") === "LEFT" ? "Mul" : "Div";
  to.op(operator, [x, to.constant(stored.dims.map(Number), powers)], [], node.outputs[0]);
  return true;
};

export const elementaryLowering: LoweringTable = {
  BitShift: bitShift,
  Celu: celu,
  LogSoftmax: logSoftmax,
  Mean: mean,
  Selu: selu,
  Shrink: shrink,
  Sign: sign,
  Softsign: softsign,
  SpaceToDepth: spaceToDepth,
  Sum: sum,
};
