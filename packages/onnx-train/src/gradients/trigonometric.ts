/** Gradients of trigonometric and hyperbolic functions and their inverses. */
import { square } from "../compose.js";
import type { GradientRules } from "./rule.js";
import { oneMinus, plusScalar, unary } from "./unary-rule.js";

export const trigonometricGradients: GradientRules = {
  Sin: unary((g, dy, x) => g.op("Mul", [dy, g.op("Cos", [x])])),
  Cos: unary((g, dy, x) => g.op("Neg", [g.op("Mul", [dy, g.op("Sin", [x])])])),
  Tan: unary((g, dy, _x, y) => g.op("Mul", [dy, plusScalar(g, square(g, y), 1)])),
  Asin: unary((g, dy, x) => g.op("Div", [dy, g.op("Sqrt", [oneMinus(g, square(g, x))])])),
  Acos: unary((g, dy, x) => g.op("Neg", [g.op("Div", [dy, g.op("Sqrt", [oneMinus(g, square(g, x))])])])),
  Atan: unary((g, dy, x) => g.op("Div", [dy, plusScalar(g, square(g, x), 1)])),
  Sinh: unary((g, dy, x) => g.op("Mul", [dy, g.op("Cosh", [x])])),
  Cosh: unary((g, dy, x) => g.op("Mul", [dy, g.op("Sinh", [x])])),
  Asinh: unary((g, dy, x) => g.op("Div", [dy, g.op("Sqrt", [plusScalar(g, square(g, x), 1)])])),
  Acosh: unary((g, dy, x) => g.op("Div", [dy, g.op("Sqrt", [plusScalar(g, square(g, x), -1)])])),
  Atanh: unary((g, dy, x) => g.op("Div", [dy, oneMinus(g, square(g, x))])),
};
