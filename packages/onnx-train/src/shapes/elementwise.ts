/** Operators whose result has the shape of their (broadcast) inputs. */
import { DataType, getInt } from "@idinit/onnx";
import { broadcast, type Dim, product, quotient } from "./dims.js";
import type { Facts, InferRule } from "./facts.js";

const same: InferRule = (c) => [{ type: c.input(0)?.type, dims: c.input(0)?.dims }];

const identity: InferRule = (c) => [{ ...c.input(0) }];

function broadcastDims(all: readonly (Facts | undefined)[]): readonly Dim[] | undefined {
  let dims: readonly Dim[] | undefined = [];
  for (const facts of all) {
    if (facts === undefined) continue;
    if (dims === undefined || facts.dims === undefined) return undefined;
    dims = broadcast(dims, facts.dims);
  }
  return dims;
}

const inputs = (c: Parameters<InferRule>[0], from = 0) => c.node.inputs.slice(from).map((_, i) => c.input(i + from));

const broadcasting: InferRule = (c) => [{ type: c.input(0)?.type, dims: broadcastDims(inputs(c)) }];

const comparing: InferRule = (c) => [{ type: DataType.bool, dims: broadcastDims(inputs(c)) }];

/** Arithmetic that shape computations use: the elements are followed as well. */
const arithmetic =
  (apply: (a: Dim, b: Dim) => Dim | undefined): InferRule =>
  (c) => {
    const [facts] = broadcasting(c);
    const a = c.input(0)?.ints;
    const b = c.input(1)?.ints;
    if (!a || !b) return [facts!];
    const ints = Array.from({ length: Math.max(a.length, b.length) }, (_, i) => {
      const value = apply(a[a.length === 1 ? 0 : i]!, b[b.length === 1 ? 0 : i]!);
      return value ?? c.fresh(i);
    });
    return [{ ...facts, ints }];
  };

const onNumbers = (apply: (a: number, b: number) => number) => (a: Dim, b: Dim) =>
  typeof a === "number" && typeof b === "number" ? apply(a, b) : undefined;

const add = (a: Dim, b: Dim) => (a === 0 ? b : b === 0 ? a : onNumbers((x, y) => x + y)(a, b));
const divide = (a: Dim, b: Dim) => onNumbers((x, y) => Math.trunc(x / y))(a, b) ?? quotient(a, b);

const WHOLE: ReadonlySet<number | undefined> = new Set([DataType.int64, DataType.int32, DataType.bool]);

/** Elements are followed through whole numbers only: division of floats does not truncate. */
const cast: InferRule = (c) => {
  const to = getInt(c.node, "to");
  const { dims, ints, type } = c.input(0)!;
  return [{ type: to, dims, ints: WHOLE.has(to) && WHOLE.has(type) ? ints : undefined }];
};

const where: InferRule = (c) => {
  const condition = c.input(0)?.ints;
  const [yes, no] = [c.input(1)?.ints, c.input(2)?.ints];
  const facts = { type: c.input(1)?.type, dims: broadcastDims(inputs(c)) };
  if (!condition || !yes || !no) return [facts];
  return [{ ...facts, ints: condition.map((flag, i) => (flag ? yes[i % yes.length]! : no[i % no.length]!)) }];
};

const equal: InferRule = (c) => {
  const [facts] = comparing(c);
  const [a, b] = [c.numbers(0), c.numbers(1)];
  if (!a || !b) return [facts!];
  return [{ ...facts, ints: a.map((value, i) => (value === b[i % b.length] ? 1 : 0)) }];
};

/** Batch norm's further outputs are statistics per channel. */
const batchNorm: InferRule = (c) => [{ ...c.input(0) }, { ...c.input(1) }, { ...c.input(1) }];

/** Mean and inverse deviation keep the normalised axes with size 1. */
const layerNorm: InferRule = (c) => {
  const x = c.input(0)!;
  const axis = getInt(c.node, "axis", -1);
  const statistics = { ...x, dims: x.dims?.map((dim, i) => (i < (axis < 0 ? axis + x.dims!.length : axis) ? dim : 1)) };
  return [{ ...x }, statistics, statistics];
};

/** Results have type and shape of the first input. */
const SAME = [
  ...["Relu", "LeakyRelu", "PRelu", "Elu", "Selu", "Celu", "Gelu", "Mish", "ThresholdedRelu", "Shrink"],
  ...["Sigmoid", "HardSigmoid", "HardSwish", "Softplus", "Softsign", "Softmax", "LogSoftmax", "Hardmax", "Clip"],
  ...["Neg", "Abs", "Sign", "Floor", "Ceil", "Round", "Reciprocal", "Sqrt", "Exp", "Log", "Erf", "Not"],
  ...["Sin", "Cos", "Tan", "Asin", "Acos", "Atan", "Sinh", "Cosh", "Tanh", "Asinh", "Acosh", "Atanh"],
  ...["CumSum", "Trilu", "InstanceNormalization", "GroupNormalization", "RMSNormalization", "LRN"],
  ...["MeanVarianceNormalization", "LpNormalization", "ScatterND", "ScatterElements"],
];
const COMPARISONS = ["Greater", "Less", "GreaterOrEqual", "LessOrEqual", "And", "Or", "Xor"];

export const elementwiseRules: Readonly<Record<string, InferRule>> = {
  ...Object.fromEntries(SAME.map((op) => [op, same])),
  ...Object.fromEntries(COMPARISONS.map((op) => [op, comparing])),
  ...Object.fromEntries(["Pow", "Sum", "Mean", "Max", "Min", "Mod"].map((op) => [op, broadcasting])),
  Add: arithmetic(add),
  Sub: arithmetic((a, b) => (b === 0 ? a : onNumbers((x, y) => x - y)(a, b))),
  Mul: arithmetic((a, b) => (a === -1 || b === -1 ? onNumbers((x, y) => x * y)(a, b) : product([a, b]))),
  Div: arithmetic(divide),
  Identity: identity,
  Cast: cast,
  CastLike: (c) => [{ type: c.input(1)?.type, dims: c.input(0)?.dims }],
  Where: where,
  Equal: equal,
  Dropout: (c) => [{ ...c.input(0) }, { ...c.input(0), type: DataType.bool }],
  BatchNormalization: batchNorm,
  LayerNormalization: layerNorm,
};
