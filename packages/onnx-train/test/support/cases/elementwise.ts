/** Arithmetic and functions of single values. */
import type { Operand, OperatorCase } from "../operator-model.js";
import { c, ints, of, p, positive, scalar, values } from "./case.js";

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

const within = values([6], -0.8, -0.55, -0.2, 0.3, 0.5, 0.75);

export const elementwiseCases = [
  ...["Add", "Sub", "Mul"].flatMap((op) => of(op, ...broadcastCases(p))),
  ...of("Div", ...broadcastCases(p, positive)),
  ...of("Sum", c("three, stretched", [p(2, 3), p(3), p(2, 1)])),
  ...of(
    "Pow",
    c("square", [p(2, 3), scalar(2)]),
    c("cube", [p(2, 3), scalar(3)]),
    c("per element", [positive(2, 3), { floats: [0.5, 1.5, 2], dims: [3] }]),
    c("exponent that is trained", [positive(2, 3), values([3], 0.5, 1.5, -1.2)]),
  ),
  ...of(
    "Where",
    c("stretched", [{ bools: [1, 0, 1], dims: [3] }, p(2, 3), p(2, 1)]),
    c("condition of the whole shape", [{ bools: [1, 0, 1, 0, 0, 1], dims: [2, 3] }, p(2, 3), p(3)]),
  ),
  ...["Identity", "Neg", "Abs", "Exp", "Relu", "Tanh", "Sigmoid", "Erf"].flatMap((op) => unary(op)),
  ...["Sqrt", "Reciprocal", "Log"].flatMap((op) => unary(op, positive)),
  ...["Sin", "Cos", "Tan", "Atan", "Sinh", "Cosh", "Asinh"].flatMap((op) => of(op, c("six", [within]))),
  ...["Asin", "Acos", "Atanh"].flatMap((op) => of(op, c("six", [within]))),
  ...of("Acosh", c("above 1", [values([4], 1.3, 1.7, 2.4, 3.1)])),
  ...["Max", "Min"].flatMap((op) =>
    of(
      op,
      c("two, stretched", [values([2, 2], 0.3, 1.2, -0.5, 2.1), values([2], 0.7, 0.9)]),
      c("three", [values([4], 0.3, 1.2, 0.7, -0.5), values([4], 0.7, 0.3, 1.3, 0.1), values([], 0.5)]),
      c("one", [p(3)]),
    ),
  ),
  ...of("Mean", c("three, stretched", [p(2, 3), p(3), p(2, 1)])),
  ...of("Cast", c("to double", [p(2, 3)], { to: 11 }), c("to its own type", [p(2, 3)], { to: 1 })),
  ...of("CastLike", c("of a float", [p(2, 3), scalar(0)], undefined, { opset: 15 })),
  ...of("Expand", c("2 x 1 to 2 x 3", [p(2, 1), ints(4, 2, 3)])),
];
