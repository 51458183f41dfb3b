/** Activation functions. */
import { c, each, floats, of, p, scalar, values } from "./case.js";

export const activationCases = [
  ...of("LeakyRelu", c("slope 0.2", [p(3, 4)], { alpha: 0.2 }), c("default", [p(3, 4)])),
  ...of(
    "PRelu",
    c("one slope", [p(2, 3), values([1], 0.25)]),
    c("slope a channel", [p(2, 3, 2), values([3, 1], 0.25, 0.5, -0.3)]),
    c("slope a scalar", [p(2, 3), values([], 0.25)]),
    c("constant slope", [p(2, 3), floats([3], 0.1, 0.2, 0.3)]),
  ),
  ...each(["Elu", "Celu"], () => [c("default", [p(3, 4)]), c("alpha 0.7", [p(3, 4)], { alpha: 0.7 })]),
  ...of("Selu", c("default", [p(3, 4)]), c("own", [p(3, 4)], { alpha: 1.2, gamma: 0.9 })),
  ...of(
    "HardSigmoid",
    c("default", [values([6], -3.1, -1.2, -0.4, 0.6, 1.9, 3.3)]),
    c("as PyTorch", [values([6], -3.4, -1.2, -0.4, 0.6, 1.9, 3.3)], { alpha: 1 / 6, beta: 0.5 }),
  ),
  ...of("HardSwish", c("all pieces", [values([6], -3.4, -1.2, -0.4, 0.6, 1.9, 3.3)], undefined, { opset: 14 })),
  ...each(["Softplus", "Softsign"], () => [c("3 x 4", [p(3, 4)])]),
  ...of("Mish", c("3 x 4", [p(3, 4)], undefined, { opset: 18 })),
  ...of("ThresholdedRelu", c("alpha 0.83", [p(3, 4)], { alpha: 0.83 })),
  ...of("Shrink", c("both sides", [p(3, 4)], { lambd: 0.83, bias: 0.2 })),
  ...of(
    "Gelu",
    c("exact", [p(3, 4)], undefined, { opset: 20 }),
    c("tanh", [p(3, 4)], { approximate: "tanh" }, { opset: 20 }),
  ),
  ...of(
    "Swish",
    c("default", [p(3, 4)], undefined, { opset: 24 }),
    c("alpha 1.7", [p(3, 4)], { alpha: 1.7 }, { opset: 24 }),
  ),
  ...of(
    "Clip",
    c("both bounds", [p(3, 4), scalar(-0.83), scalar(0.83)]),
    c("upper", [p(3, 4), undefined, scalar(0.83)]),
    c("lower", [p(3, 4), scalar(-0.83)]),
    c("bounds that are trained", [p(3, 4), values([], -0.83), values([], 0.83)]),
  ),
  ...of("Softmax", c("last axis", [p(3, 4)]), c("axis 1 of 3", [p(2, 3, 2)], { axis: 1 })),
  ...of("LogSoftmax", c("last axis", [p(3, 4)]), c("axis 0", [p(3, 2)], { axis: 0 })),
];
