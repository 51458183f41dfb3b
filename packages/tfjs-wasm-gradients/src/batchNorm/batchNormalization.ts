import {
  add,
  customGrad,
  div,
  type GradSaveFunc,
  mul,
  rsqrt,
  square,
  type Tensor,
  type Tensor1D,
  tidy,
} from "@tensorflow/tfjs-core";
import { WasmGradientsError } from "../errors.js";
import { onWasm } from "../native/onWasm.js";
import { composedPasses } from "./composedPasses.js";
import { nativePasses } from "./nativePasses.js";
import type { Passes } from "./passes.js";

/** What {@link batchNormalization} returns. */
export interface NormalizedBatch<T extends Tensor = Tensor> {
  readonly y: T;
  /** Of each channel over the batch, for running statistics; no gradient flows through them. */
  readonly mean: Tensor1D;
  /** Population variance. */
  readonly variance: Tensor1D;
}

/**
 * Batch norm of training: `y = scale * (x - mean) / sqrt(variance + epsilon) + shift` with the mean and population variance of
 * each channel over the batch, differentiable with respect to x, scale and shift.
 *
 * On the wasm backend two passes over memory forward and two backward, where `tf.moments` and `tf.batchNorm` take about
 * twenty; on other backends, and for channels that are no multiple of 4, a composition of TensorFlow.js's operations with
 * the same gradient: `dx = scale / s * (dy - mean(dy) - d * mean(dy * d) / s²)`, d the centred x, s the standard deviation
 * (Ioffe and Szegedy 2015, section 3). That gradient cannot be differentiated again.
 *
 * @param x float32, channels last, at least one row
 * @param scale one factor a channel
 * @param shift one summand a channel
 * @param epsilon added to the variance, above 0; usually 1e-5 or 1e-3
 * @throws WasmGradientsError when the number of factors or summands is not that of the channels, or epsilon is not above 0.
 * @example
 * const { y, mean, variance } = batchNormalization(x, gamma, beta, 1e-5);
 */
export function batchNormalization<T extends Tensor>(
  x: T,
  scale: Tensor1D,
  shift: Tensor1D,
  epsilon: number,
): NormalizedBatch<T> {
  check(x, scale, shift, epsilon);
  const count = x.size / x.shape.at(-1)!;
  const passes = passesFor(x);
  let statistics: ReturnType<Passes["statistics"]>;
  const differentiable = customGrad((...args) => {
    const save = args.pop() as GradSaveFunc;
    const [x, scale, shift] = args as [Tensor, Tensor1D, Tensor1D];
    const { mean, variance } = statistics;
    const inverse = rsqrt(add(variance, epsilon)) as Tensor1D;
    const factor = mul(scale, inverse) as Tensor1D;
    save([x, mean, inverse, factor]);
    const gradFunc = (dy: Tensor, saved: Tensor[]) =>
      tidy(() => {
        const [x, mean, inverse, factor] = saved as [Tensor, Tensor1D, Tensor1D, Tensor1D];
        let sums: { readonly total: Tensor1D; readonly along: Tensor1D };
        const dx = passes.inputGradient(dy, x, mean, (found) => {
          sums = found;
          const constant = div(mul(factor, sums.total), -count) as Tensor1D;
          const slope = div(mul(mul(factor, square(inverse)), sums.along), -count) as Tensor1D;
          return { factor, slope, constant };
        });
        return [dx, mul(sums!.along, inverse), sums!.total];
      });
    return { value: passes.normalize(x, mean, factor, shift), gradFunc };
  });
  // Outside of what is differentiated: its gradient counts the statistics' part.
  statistics = tidy(() => passes.statistics(x));
  return { y: differentiable(x, scale, shift) as T, ...statistics };
}

function passesFor({ shape }: Tensor): Passes {
  const native = shape.at(-1)! % 4 === 0 ? onWasm() : undefined;
  return native ? nativePasses(native) : composedPasses;
}

function check(x: Tensor, scale: Tensor1D, shift: Tensor1D, epsilon: number): void {
  const channels = x.shape.at(-1) ?? 0;
  if (x.size === 0 || scale.size !== channels || shift.size !== channels) {
    throw new WasmGradientsError(
      `batchNormalization: x of shape [${x.shape}] needs ${channels} factors and summands, got ${scale.size} and ${shift.size}`,
    );
  }
  if (!(epsilon > 0)) throw new WasmGradientsError(`batchNormalization: epsilon must be above 0, got ${epsilon}`);
}
