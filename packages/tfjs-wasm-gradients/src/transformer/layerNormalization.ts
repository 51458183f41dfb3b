import { customGrad, type GradSaveFunc, type Tensor, type Tensor1D } from "@tensorflow/tfjs-core";
import { WasmGradientsError } from "../errors.js";
import { onWasm } from "../native/onWasm.js";
import { composedLayerNorm } from "./composedLayerNorm.js";
import { nativeLayerNorm } from "./nativeLayerNorm.js";

/** Layer norm's two directions; a row is what shares a mean. */
export interface LayerNormPasses {
  /** `mean` and `inverse`, one over the standard deviation, have one value a row. */
  forward(
    x: Tensor,
    scale: Tensor1D,
    shift: Tensor1D,
    epsilon: number,
  ): { readonly y: Tensor; readonly mean: Tensor; readonly inverse: Tensor };
  /** The gradients of x, scale and shift. */
  backward(
    dy: Tensor,
    x: Tensor,
    scale: Tensor1D,
    mean: Tensor,
    inverse: Tensor,
  ): [dx: Tensor, dScale: Tensor, dShift: Tensor];
}

/**
 * Layer norm over the last axis: `y = scale * d + shift` with `d = (x - mean) / sqrt(variance + epsilon)`, mean and population
 * variance of each row (Ba, Kiros and Hinton 2016, equation 4), differentiable once with respect to x, scale and shift.
 *
 * On the wasm backend one pass over memory forward and one backward, and beside x two numbers a row are kept for the gradient;
 * on other backends, and for rows whose length is no multiple of 4, a composition of TensorFlow.js's operations.
 *
 * @param x float32, at least one row
 * @param scale one factor for each place of a row
 * @param shift one summand for each place of a row
 * @param epsilon added to the variance, above 0; usually 1e-5
 * @throws WasmGradientsError when the number of factors or summands is not the length of a row, or epsilon is not above 0.
 * @example
 * const y = layerNormalization(x, gamma, beta, 1e-5);
 */
export function layerNormalization<T extends Tensor>(x: T, scale: Tensor1D, shift: Tensor1D, epsilon: number): T {
  const columns = x.shape.at(-1) ?? 0;
  if (x.size === 0 || scale.size !== columns || shift.size !== columns) {
    throw new WasmGradientsError(
      `layerNormalization: x of shape [${x.shape}] needs ${columns} factors and summands, got ${scale.size} and ${shift.size}`,
    );
  }
  if (!(epsilon > 0)) throw new WasmGradientsError(`layerNormalization: epsilon must be above 0, got ${epsilon}`);
  const native = columns % 4 === 0 ? onWasm() : undefined;
  const passes = native ? nativeLayerNorm(native) : composedLayerNorm;
  const differentiable = customGrad((...args) => {
    const [x, scale, shift, save] = args as [Tensor, Tensor1D, Tensor1D, GradSaveFunc];
    const { y, mean, inverse } = passes.forward(x, scale, shift, epsilon);
    save([x, scale, mean, inverse]);
    const gradFunc = (dy: Tensor, saved: Tensor[]) => {
      const [x, scale, mean, inverse] = saved as [Tensor, Tensor1D, Tensor, Tensor];
      return passes.backward(dy, x, scale, mean, inverse);
    };
    return { value: y, gradFunc };
  });
  return differentiable(x, scale, shift) as T;
}
