import { add, div, mul, sqrt, square, sub, type Tensor, tidy, type Variable } from "@tensorflow/tfjs-core";
import { onWasm } from "../native/onWasm.js";
import { checkSizes } from "./checkSizes.js";

/** What {@link adamUpdate} needs beside parameter and gradient. */
export interface AdamOptions {
  readonly learningRate: number;
  /** Of this update, from 1. */
  readonly step: number;
  /** Mean of the gradients, of the parameter's shape, zeros at first; updated too. */
  readonly first: Variable;
  /** Mean of their squares, likewise. */
  readonly second: Variable;
  /** Default 0.9. */
  readonly beta1?: number;
  /** Default 0.999. */
  readonly beta2?: number;
  /** Default 1e-8. */
  readonly epsilon?: number;
  /** Default 0. */
  readonly weightDecay?: number;
  /** Whether decay acts on the parameter itself (AdamW) and not through the gradient; default false. */
  readonly decoupled?: boolean;
}

/**
 * One step of Adam (Kingma and Ba 2015, algorithm 1) or AdamW (Loshchilov and Hutter 2019, algorithm 2):
 * `m = b1 m + (1 - b1) g`, `v = b2 v + (1 - b2) g²`, `p = p - rate / (1 - b1^t) m / (sqrt(v / (1 - b2^t)) + epsilon)`, with
 * `g = gradient + decay p`, or `p = (1 - rate decay) p` before if the decay is decoupled.
 *
 * On the wasm backend one pass over memory, on others a composition of TensorFlow.js's operations.
 *
 * @throws WasmGradientsError when the sizes differ.
 * @example
 * adamUpdate(kernel, gradient, { learningRate: 1e-3, step, first, second, weightDecay: 0.01, decoupled: true });
 */
export function adamUpdate(parameter: Variable, gradient: Tensor, options: AdamOptions): void {
  const { learningRate, step, first, second, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  const { weightDecay = 0, decoupled = false } = options;
  checkSizes("adamUpdate", parameter, { gradient, first, second });
  const decay = decoupled ? 0 : weightDecay;
  const kept = decoupled ? 1 - learningRate * weightDecay : 1;
  const rate = learningRate / (1 - beta1 ** step);
  const correction = 1 / (1 - beta2 ** step);
  const native = onWasm();
  tidy(() => {
    if (native) {
      const { kernels, all, make } = native;
      const variables = [parameter, first, second] as const;
      // Not in place: the backend keeps what XNNPACK has packed of a kernel until its memory is given back.
      const updated = [make(parameter.shape), make(first.shape), make(second.shape)] as const;
      const addresses = all(...updated, ...variables, gradient);
      const { size } = parameter;
      kernels.adam(...addresses, size, beta1, 1 - beta1, beta2, 1 - beta2, epsilon, decay, kept, rate, correction);
      for (const [index, variable] of variables.entries()) variable.assign(updated[index]!);
      return;
    }
    const slope = decay === 0 ? gradient : add(gradient, mul(parameter, decay));
    first.assign(add(mul(first, beta1), mul(slope, 1 - beta1)));
    second.assign(add(mul(second, beta2), mul(square(slope), 1 - beta2)));
    const root = add(sqrt(mul(second, correction)), epsilon);
    parameter.assign(sub(kept === 1 ? parameter : mul(parameter, kept), mul(div(first, root), rate)));
  });
}
