/** Gradients of elementwise arithmetic with broadcasting. */
import { tensorNumbers } from "@idinit/onnx";
import { sumTo, zerosLike } from "../compose.js";
import type { GradientCall, GradientRule, GradientRules } from "./rule.js";

/** A gradient per input that is wanted, summed over the axes along which the input was stretched. */
function perInput(call: GradientCall, gradients: readonly (() => string)[]): (string | undefined)[] {
  const { g, node } = call;
  return gradients.map((make, i) => (call.needs(i) ? sumTo(g, make(), node.inputs[i]!) : undefined));
}

const sum: GradientRule = (call) =>
  perInput(
    call,
    call.node.inputs.map(() => () => call.dy),
  );

const sub: GradientRule = (call) => perInput(call, [() => call.dy, () => call.g.op("Neg", [call.dy])]);

const mul: GradientRule = (call) => {
  const { g, dy, node } = call;
  const [a, b] = node.inputs;
  return perInput(call, [() => g.op("Mul", [dy, b]), () => g.op("Mul", [dy, a])]);
};

/** y = a / b: da = dy / b, db = -dy y / b. */
const div: GradientRule = (call) => {
  const { g, dy, node } = call;
  const b = node.inputs[1];
  return perInput(call, [
    () => g.op("Div", [dy, b]),
    () => g.op("Neg", [g.op("Div", [g.op("Mul", [dy, node.outputs[0]]), b])]),
  ]);
};

/** y = a^p: da = dy p a^(p - 1), dp = dy y log(a), taken as 0 where a is not positive. */
const pow: GradientRule = (call) => {
  const { g, dy, node } = call;
  const [a, p] = node.inputs as [string, string];
  const y = node.outputs[0]!;
  const stored = g.constantOf(p);
  const value = stored && tensorNumbers(stored).length === 1 ? tensorNumbers(stored)[0]! : undefined;
  return perInput(call, [
    () => {
      if (value === 2) return g.op("Mul", [dy, g.op("Mul", [a, g.scalar(2, a)])]);
      const exponent = value === undefined ? g.op("Sub", [p, g.scalar(1, p)]) : g.scalar(value - 1, a);
      const factor = value === undefined ? p : g.scalar(value, a);
      return g.op("Mul", [dy, g.op("Mul", [g.op("Pow", [a, exponent]), factor])]);
    },
    () => {
      const positive = g.op("Greater", [a, g.scalar(0, a)]);
      const log = g.op("Log", [g.op("Where", [positive, a, g.scalar(1, a)])]);
      return g.op("Mul", [dy, g.op("Mul", [y, log])]);
    },
  ]);
};

/** A choice, not a product with the condition: what was not chosen may be infinite or no number, as in rows masked wholly. */
const where: GradientRule = (call) => {
  const { g, dy, node } = call;
  const condition = node.inputs[0]!;
  const zero = g.scalar(0, dy);
  const [, ...gradients] = perInput(call, [
    () => zerosLike(g, dy),
    () => g.op("Where", [condition, dy, zero]),
    () => g.op("Where", [condition, zero, dy]),
  ]);
  return [undefined, ...gradients];
};

export const arithmeticGradients: GradientRules = {
  Add: sum,
  Sum: sum,
  Sub: sub,
  Mul: mul,
  Div: div,
  Pow: pow,
  Where: where,
};
