/** ISONet: every convolution an isometry. */
import { constant } from "../initializers/constant.js";
import { kaimingUniform } from "../initializers/heUniform.js";
import { dirac } from "../initializers/identity.js";
import { zeros } from "../initializers/zeros.js";
import { byRole } from "./byRole.js";
import type { Scheme } from "./scheme.js";

/** Where the shift of a shifted ReLU starts. */
const SHIFT = -1;

/**
 * Convolutions Dirac, but 7 × 7 ones and dense kernels uniform on ±1/√fan_in, PyTorch's default; the scalar at the end of each
 * residual branch 0; the shift b of each SReLU max(x, b) −1; biases of kernels 0.
 *
 * A bias that belongs to no kernel counts as an SReLU's shift. Training also asks for a penalty that keeps the kernels orthogonal.
 *
 * Source: Qi et al., "Deep isometric learning for visual recognition", ICML 2020, 3; the authors' code.
 *
 * @example initialize(graph, { scheme: "isonet" })
 */
export function isonet(): Scheme {
  const conv = dirac();
  const kernel = kaimingUniform({ nonlinearity: "leakyRelu", slope: Math.sqrt(5) });
  return byRole(
    "isonet",
    {},
    ({ layout, shape }) => {
      const spatial = shape.filter((_, axis) => layout[axis] !== "O" && layout[axis] !== "I");
      return spatial.every((size) => size === 7) ? kernel : conv;
    },
    {
      "branch-gate": zeros(),
      bias: ({ kernelRole }) => (kernelRole === undefined ? constant(SHIFT) : zeros()),
    },
    [
      { kind: "branch-scalar", initial: 0 },
      { kind: "shifted-relu", initial: SHIFT },
    ],
  );
}
