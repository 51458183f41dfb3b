/** One or more cases for every operator with a gradient. */
import type { Operand, OperatorCase } from "./finite-differences.js";

const p = (...dims: number[]): Operand => ({ dims });
const positive = (...dims: number[]): Operand => ({ dims, positive: true });
const ints = (...values: number[]): Operand => ({ ints: values });
const scalar = (value: number): Operand => ({ floats: [value], dims: [] });

type Case = Omit<OperatorCase, "op">;
const of = (op: string, ...cases: Case[]): OperatorCase[] => cases.map((c) => ({ op, ...c }));
const c = (
  title: string,
  operands: Operand[],
  attributes?: OperatorCase["attributes"],
  more: Partial<Case> = {},
): Case => ({
  title,
  operands,
  ...(attributes && { attributes }),
  ...more,
});

const broadcastCases = (...operand: ((...dims: number[]) => Operand)[]) => {
  const [a, b] = [operand[0]!, operand[1] ?? operand[0]!];
  return [
    c("equal shapes", [a(2, 3), b(2, 3)]),
    c("row", [a(2, 3), b(3)]),
    c("both stretched", [a(2, 1, 3), b(4, 1)]),
    c("scalar left", [a(), b(2, 2)]),
  ];
};
const unary = (op: string, operand: (...dims: number[]) => Operand = p, attributes?: OperatorCase["attributes"]) =>
  of(op, c("3 x 4", [operand(3, 4)], attributes));

const elementwise = [
  ...["Add", "Sub", "Mul"].flatMap((op) => of(op, ...broadcastCases(p))),
  ...of("Div", ...broadcastCases(p, positive)),
  ...of("Sum", c("three, stretched", [p(2, 3), p(3), p(2, 1)])),
  ...of(
    "Pow",
    c("square", [p(2, 3), scalar(2)]),
    c("cube", [p(2, 3), scalar(3)]),
    c("per element", [positive(2, 3), { floats: [0.5, 1.5, 2], dims: [3] }]),
  ),
  ...of("Where", c("stretched", [{ bools: [1, 0, 1], dims: [3] }, p(2, 3), p(2, 1)])),
  ...["Identity", "Neg", "Abs", "Exp", "Relu", "Tanh", "Sigmoid", "Erf"].flatMap((op) => unary(op)),
  ...["Sqrt", "Reciprocal", "Log"].flatMap((op) => unary(op, positive)),
  ...unary("LeakyRelu", p, { alpha: 0.2 }),
  ...of(
    "Gelu",
    c("exact", [p(3, 4)], undefined, { opset: 20 }),
    c("tanh", [p(3, 4)], { approximate: "tanh" }, { opset: 20 }),
  ),
  ...of(
    "Clip",
    c("both bounds", [p(3, 4), scalar(-0.83), scalar(0.83)]),
    c("upper", [p(3, 4), undefined, scalar(0.83)]),
  ),
  ...of("Cast", c("to double", [p(2, 3)], { to: 11 }), c("to its own type", [p(2, 3)], { to: 1 })),
  ...of("Expand", c("2 x 1 to 2 x 3", [p(2, 1), ints(4, 2, 3)])),
  ...of("Softmax", c("last axis", [p(3, 4)]), c("axis 1 of 3", [p(2, 3, 2)], { axis: 1 })),
  ...of("LogSoftmax", c("last axis", [p(3, 4)]), c("axis 0", [p(3, 2)], { axis: 0 })),
];

const linear = [
  ...of(
    "MatMul",
    c("matrices", [p(2, 3), p(3, 4)]),
    c("rows by weight", [p(2, 3, 4), p(4, 2)]),
    c("batched, stretched", [p(2, 1, 2, 3), p(4, 3, 2)]),
    c("vector left", [p(3), p(3, 2)]),
    c("vector right", [p(2, 2, 3), p(3)]),
    c("vectors", [p(3), p(3)]),
  ),
  ...of(
    "Gemm",
    c("plain", [p(2, 3), p(3, 4), p(4)], { alpha: 0.5, beta: 2.0 }),
    c("transB", [p(2, 3), p(4, 3), p(2, 1)], { transB: 1 }),
    c("transA", [p(3, 2), p(3, 4)], { transA: 1 }),
    c("both", [p(3, 2), p(4, 3), p()], { transA: 1, transB: 1 }),
  ),
];

const convForms: [string, OperatorCase["forms"]][] = [
  ["auto", {}],
  ["columns, transposed", { convWeights: "columns", convInput: "transposed" }],
  ["convolution, flipped", { convWeights: "convolution", convInput: "flipped" }],
];
const conv = convForms.flatMap(([name, forms]) =>
  of(
    "Conv",
    c(`3x3 with bias, ${name}`, [p(2, 2, 4, 4), p(3, 2, 3, 3), p(3)], { pads: [1, 1, 1, 1] }, { forms }),
    c(`strided, ${name}`, [p(2, 2, 6, 5), p(2, 2, 3, 2)], { strides: [2, 2], pads: [1, 0, 0, 1] }, { forms }),
    c(`dilated, ${name}`, [p(1, 2, 6, 6), p(2, 2, 2, 3)], { dilations: [2, 2] }, { forms }),
    c(
      `strided, dilated, rest uncovered, ${name}`,
      [p(1, 1, 8, 8), p(2, 1, 2, 2)],
      { strides: [3, 3], dilations: [2, 2] },
      { forms },
    ),
    c(`groups, ${name}`, [p(2, 4, 3, 3), p(6, 2, 2, 2)], { group: 2 }, { forms }),
    c(`depthwise, ${name}`, [p(2, 3, 4, 4), p(3, 1, 3, 3)], { group: 3, pads: [1, 1, 1, 1] }, { forms }),
    c(`1x1, ${name}`, [p(2, 3, 2, 2), p(4, 3, 1, 1)], undefined, { forms }),
    c(`1x1 strided, ${name}`, [p(2, 3, 4, 4), p(2, 3, 1, 1)], { strides: [2, 2] }, { forms }),
    c(`one dimension, ${name}`, [p(2, 3, 6), p(2, 3, 3)], { strides: [2], pads: [1, 1] }, { forms }),
    c(`pads beyond the kernel, ${name}`, [p(1, 1, 3, 3), p(1, 1, 1, 1)], { pads: [1, 1, 1, 1] }, { forms }),
    c(`auto_pad, ${name}`, [p(1, 2, 4, 5), p(2, 2, 2, 2)], { auto_pad: "SAME_UPPER", strides: [2, 2] }, { forms }),
  ),
);

const pooling = [
  ...of(
    "MaxPool",
    c("2x2", [p(2, 2, 4, 4)], { kernel_shape: [2, 2], strides: [2, 2] }),
    c("overlapping, padded", [p(1, 2, 5, 5)], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
    c("one dimension", [p(1, 2, 6)], { kernel_shape: [3], strides: [1] }),
  ),
  ...of(
    "AveragePool",
    c("2x2", [p(2, 2, 4, 4)], { kernel_shape: [2, 2], strides: [2, 2] }),
    c("padding left out", [p(1, 2, 5, 5)], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
    c("padding counted", [p(1, 2, 5, 5)], {
      kernel_shape: [3, 3],
      strides: [2, 2],
      pads: [1, 1, 1, 1],
      count_include_pad: 1,
    }),
    c("ceil mode", [p(1, 1, 5, 5)], { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 }),
    c("input not covered", [p(1, 1, 5, 5)], { kernel_shape: [2, 2], strides: [2, 2] }),
  ),
  ...of("GlobalAveragePool", c("3x4", [p(2, 2, 3, 4)])),
];

const running = (n: number): Operand => ({ floats: new Array(n).fill(1), dims: [n] });
const norms = [
  ...of(
    "BatchNormalization",
    c("images", [p(3, 2, 2, 3), p(2), p(2), running(2), running(2)]),
    c("rows", [p(6, 3), p(3), p(3), running(3), running(3)], { epsilon: 0.1 }),
  ),
  ...of(
    "LayerNormalization",
    c("last axis", [p(3, 4), p(4), p(4)]),
    c("two axes, no bias", [p(2, 2, 3), p(2, 3)], { axis: 1, epsilon: 0.01 }),
  ),
  ...of("ReduceSum", c("axes", [p(2, 3, 2), ints(0, -1)], { keepdims: 0 }), c("kept", [p(2, 3), ints(1)])),
  ...of(
    "ReduceMean",
    c("axes", [p(2, 3, 2)], { axes: [1], keepdims: 0 }),
    c("all", [p(2, 3)], { keepdims: 0 }),
    c("opset 18", [p(2, 3, 2), ints(0, 2)], { keepdims: 1 }, { opset: 18 }),
  ),
];

const layout = [
  ...of("Reshape", c("with -1 and 0", [p(2, 3, 2), ints(0, -1)])),
  ...of("Flatten", c("axis 2", [p(2, 3, 2)], { axis: 2 })),
  ...of("Squeeze", c("axes", [p(1, 3, 1), ints(0)]), c("all", [p(1, 3, 1)])),
  ...of("Unsqueeze", c("two", [p(2, 3), ints(0, -1)])),
  ...of("Transpose", c("permuted", [p(2, 3, 4)], { perm: [1, 2, 0] }), c("reversed", [p(2, 3)])),
  ...of("Concat", c("unequal", [p(2, 1), p(2, 3), p(2, 2)], { axis: -1 })),
  ...of(
    "Split",
    c("unequal", [p(2, 5), ints(2, 3)], { axis: 1 }, { outputs: 2 }),
    c("opset 18", [p(4, 2)], { num_outputs: 2 }, { outputs: 2, opset: 18 }),
  ),
  ...of(
    "Slice",
    c("inner", [p(3, 5), ints(1, 1), ints(3, -1)]),
    c("steps", [p(7, 3), ints(1), ints(100), ints(0), ints(2)]),
    c("backwards", [p(6), ints(-1), ints(-100), ints(0), ints(-2)]),
    c("steps on inner axes", [p(2, 2, 4, 4), ints(0, 0), ints(4, 4), ints(2, 3), ints(2, 2)]),
  ),
  ...of(
    "Pad",
    c("both sides", [p(2, 3), ints(1, 0, 2, 1), scalar(0.5)]),
    c("axes, opset 18", [p(2, 3), ints(1, 1), undefined, ints(1)], undefined, { opset: 18 }),
  ),
  ...of(
    "Gather",
    c("rows, repeated", [p(5, 3), { ints: [1, 3, 1, 1], dims: [2, 2] }]),
    c("int32, axis 1, negative", [p(2, 4, 2), { ints: [3, 0, -1], dims: [3], int32: true }], { axis: 1 }),
    c("scalar index", [p(4, 3), { ints: [2], dims: [] }]),
  ),
];

export const operatorCases: readonly OperatorCase[] = [
  ...elementwise,
  ...linear,
  ...conv,
  ...pooling,
  ...norms,
  ...layout,
];
