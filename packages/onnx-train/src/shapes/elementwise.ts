/** Operators whose result has the shape of their (broadcast) inputs. */
import { DataType, getInt } from "@idinit/onnx";
import { broadcast, type Dim, product, quotient } from "./dims.js";
import type { Facts, InferContext, InferRule } from "./facts.js";

/** Where a `dtype` is asked for, it is that. */
const same: InferRule = (c) => [{ type: getInt(c.node, "dtype") ?? c.input(0)?.type, dims: c.input(0)?.dims }];

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

/** Elements of an operation on two small tensors, where both are known and one of them is a scalar or both are of one size. */
function pairwise(c: InferContext, apply: (a: Dim, b: Dim, i: number) => Dim | undefined): Dim[] | undefined {
  const [a, b] = [c.input(0)?.elements, c.input(1)?.elements];
  if (!a || !b || (a.length !== b.length && a.length !== 1 && b.length !== 1)) return undefined;
  const values = Array.from({ length: Math.max(a.length, b.length) }, (_, i) =>
    apply(a[a.length === 1 ? 0 : i]!, b[b.length === 1 ? 0 : i]!, i),
  );
  return values.every((value) => value !== undefined) ? values : undefined;
}

/** Arithmetic that shape computations use: the elements are followed as well. */
const arithmetic =
  (apply: (a: Dim, b: Dim) => Dim | undefined): InferRule =>
  (c) => {
    const [facts] = broadcasting(c);
    return [{ ...facts, elements: pairwise(c, (a, b, i) => apply(a, b) ?? c.fresh(i)) }];
  };

/** Choices between whole numbers, and truth values: followed where the elements are numbers. */
const deciding =
  (facts: InferRule, apply: (a: number, b: number) => number | boolean): InferRule =>
  (c) => {
    if (c.node.inputs.length !== 2) return facts(c);
    return [
      {
        ...facts(c)[0],
        elements: pairwise(
          c,
          onNumbers((x, y) => Number(apply(x, y))),
        ),
      },
    ];
  };

const onNumbers = (apply: (a: number, b: number) => number) => (a: Dim, b: Dim) =>
  typeof a === "number" && typeof b === "number" ? apply(a, b) : undefined;

/** A size is never negative, so that it equals no -1 whatever it is. */
const equal: InferRule = (c) => {
  const same = (a: Dim, b: Dim) => {
    if (a === b) return 1;
    if (typeof a === "string" ? typeof b === "number" && b < 0 : typeof b === "string" && a < 0) return 0;
    return onNumbers(() => 0)(a, b);
  };
  return [{ ...comparing(c)[0], elements: pairwise(c, same) }];
};

const FLOATS: ReadonlySet<number | undefined> = new Set([DataType.float, DataType.double]);

const add = (a: Dim, b: Dim) => (a === 0 ? b : b === 0 ? a : onNumbers((x, y) => x + y)(a, b));
const subtract = (a: Dim, b: Dim) => (b === 0 ? a : a === b ? 0 : onNumbers((x, y) => x - y)(a, b));
/** Whole multiples of a named size are followed. */
const multiply = (a: Dim, b: Dim) => {
  const whole = [a, b].every((dim) => typeof dim === "string" || (Number.isInteger(dim) && dim >= 0));
  return onNumbers((x, y) => x * y)(a, b) ?? (whole ? product([a, b]) : undefined);
};
const divide: InferRule = (c) => {
  const whole = !FLOATS.has(c.input(0)?.type);
  const quotients = onNumbers((x, y) => (whole ? Math.trunc(x / y) : x / y));
  return arithmetic((a, b) => quotients(a, b) ?? (Number.isInteger(b) ? quotient(a, b) : undefined))(c);
};

/** A float that becomes a whole number is cut; a named size stays what it is. */
const cast: InferRule = (c) => {
  const to = getInt(c.node, "to");
  const { dims, elements } = c.input(0)!;
  const convert = (value: Dim) => {
    if (typeof value === "string") return value;
    if (to === DataType.bool) return value === 0 ? 0 : 1;
    return FLOATS.has(to) ? Math.fround(value) : Math.trunc(value);
  };
  return [{ type: to, dims, elements: elements?.map(convert) }];
};

/** Rounding of floats; a named size is whole already. */
const rounding =
  (round: (value: number) => number): InferRule =>
  (c) => {
    const { type, dims, elements } = c.input(0)!;
    return [{ type, dims, elements: elements?.map((value) => (typeof value === "string" ? value : round(value))) }];
  };

const where: InferRule = (c) => {
  const condition = c.input(0)?.elements;
  const [yes, no] = [c.input(1)?.elements, c.input(2)?.elements];
  const facts = { type: c.input(1)?.type, dims: broadcastDims(inputs(c)) };
  if (!condition || !yes || !no) return [facts];
  return [{ ...facts, elements: condition.map((flag, i) => (flag ? yes[i % yes.length]! : no[i % no.length]!)) }];
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
  ...["Relu", "LeakyRelu", "PRelu", "Elu", "Selu", "Celu", "Gelu", "Mish", "ThresholdedRelu", "Shrink", "Swish"],
  ...["Sigmoid", "HardSigmoid", "HardSwish", "Softplus", "Softsign", "Softmax", "LogSoftmax", "Hardmax", "Clip"],
  ...["Neg", "Abs", "Sign", "Round", "Reciprocal", "Sqrt", "Exp", "Log", "Erf"],
  ...["Sin", "Cos", "Tan", "Asin", "Acos", "Atan", "Sinh", "Cosh", "Tanh", "Asinh", "Acosh", "Atanh"],
  ...["CumSum", "Trilu", "InstanceNormalization", "GroupNormalization", "RMSNormalization", "LRN"],
  ...["MeanVarianceNormalization", "LpNormalization", "ScatterND", "ScatterElements", "RotaryEmbedding"],
  ...["ReverseSequence", "BitwiseNot", "Bernoulli", "RandomNormalLike", "RandomUniformLike", "EyeLike"],
];
const COMPARISONS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  Greater: (a, b) => a > b,
  GreaterOrEqual: (a, b) => a >= b,
  Less: (a, b) => a < b,
  LessOrEqual: (a, b) => a <= b,
  And: (a, b) => a !== 0 && b !== 0,
  Or: (a, b) => a !== 0 || b !== 0,
  Xor: (a, b) => (a !== 0) !== (b !== 0),
};

export const elementwiseRules: Readonly<Record<string, InferRule>> = {
  ...Object.fromEntries(SAME.map((op) => [op, same])),
  ...Object.fromEntries(Object.entries(COMPARISONS).map(([op, apply]) => [op, deciding(comparing, apply)])),
  ...Object.fromEntries(
    ["Pow", "Sum", "Mean", "Mod", "BitShift", "BitwiseAnd", "BitwiseOr", "BitwiseXor"].map((op) => [op, broadcasting]),
  ),
  Max: deciding(broadcasting, Math.max),
  Min: deciding(broadcasting, Math.min),
  Add: arithmetic(add),
  Sub: arithmetic(subtract),
  Mul: arithmetic(multiply),
  Div: divide,
  Floor: rounding(Math.floor),
  Ceil: rounding(Math.ceil),
  Identity: identity,
  Cast: cast,
  CastLike: (c) => [{ type: c.input(1)?.type, dims: c.input(0)?.dims }],
  Where: where,
  Equal: equal,
  IsNaN: (c) => [{ type: DataType.bool, dims: c.input(0)?.dims }],
  IsInf: (c) => [{ type: DataType.bool, dims: c.input(0)?.dims }],
  Not: (c) => [{ ...c.input(0), elements: c.numbers(0)?.map((value) => (value === 0 ? 1 : 0)) }],
  Dropout: (c) => [{ ...c.input(0) }, { ...c.input(0), type: DataType.bool }],
  BatchNormalization: batchNorm,
  LayerNormalization: layerNorm,
};
