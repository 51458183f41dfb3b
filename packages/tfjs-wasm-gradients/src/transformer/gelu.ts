import { add, customGrad, erf, exp, type GradSaveFunc, mul, square, type Tensor, tidy } from "@tensorflow/tfjs-core";
import { type OnWasm, onWasm } from "../native/onWasm.js";

/**
 * GELU in its exact form, `y = x Φ(x) = x (1 + erf(x / √2)) / 2` (Hendrycks and Gimpel 2016), differentiable once.
 *
 * On the wasm backend one pass over memory forward and one backward, and only x is kept for the gradient
 * `dx = dy (Φ(x) + x φ(x))`; on other backends a composition of TensorFlow.js's operations with the same values.
 *
 * @param x float32, any shape
 * @example
 * const hidden = gelu(tf.matMul(x, w));
 */
export function gelu<T extends Tensor>(x: T): T {
  const native = x.size >= 4 ? onWasm() : undefined;
  const differentiable = customGrad((...args) => {
    const [x, save] = args as [Tensor, GradSaveFunc];
    save([x]);
    return {
      value: native ? forward(native, x) : composed(x),
      gradFunc: (dy: Tensor, saved: Tensor[]) =>
        native ? backward(native, dy, saved[0]!) : composedGradient(dy, saved[0]!),
    };
  });
  return differentiable(x) as T;
}

function forward({ kernels, at, make }: OnWasm, x: Tensor): Tensor {
  const y = make(x.shape);
  kernels.gelu(at(y), at(x), x.size);
  return y;
}

function backward({ kernels, at, make }: OnWasm, dy: Tensor, x: Tensor): Tensor {
  const dx = make(x.shape);
  kernels.geluGradient(at(dx), at(dy), at(x), x.size);
  return dx;
}

const distribution = (x: Tensor) => mul(add(erf(mul(x, Math.SQRT1_2)), 1), 0.5);

function composed(x: Tensor): Tensor {
  return mul(x, distribution(x));
}

function composedGradient(dy: Tensor, x: Tensor): Tensor {
  return tidy(() => {
    const density = mul(exp(mul(square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
    return mul(dy, add(distribution(x), mul(x, density)));
  });
}
