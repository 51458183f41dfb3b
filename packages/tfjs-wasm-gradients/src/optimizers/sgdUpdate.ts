import { add, mul, sub, type Tensor, tidy, type Variable } from "@tensorflow/tfjs-core";
import { onWasm } from "../native/onWasm.js";
import { checkSizes } from "./checkSizes.js";

/** What {@link sgdUpdate} needs beside parameter and gradient. */
export interface SgdOptions {
  readonly learningRate: number;
  /** Default 0; others need a `velocity`. */
  readonly momentum?: number;
  /** Added to the gradient as this multiple of the parameter; default 0. */
  readonly weightDecay?: number;
  /** Of the parameter's shape, zeros at first; updated too. */
  readonly velocity?: Variable;
}

/**
 * One step of stochastic gradient descent as PyTorch takes it: `g = gradient + decay p`, `v = momentum v + g`, `p = p - rate v`.
 *
 * On the wasm backend one pass over memory, on others a composition of TensorFlow.js's operations.
 *
 * @throws WasmGradientsError when the sizes differ, or momentum has no velocity.
 * @example
 * sgdUpdate(kernel, gradient, { learningRate: 0.1, momentum: 0.9, weightDecay: 5e-4, velocity });
 */
export function sgdUpdate(parameter: Variable, gradient: Tensor, options: SgdOptions): void {
  const { learningRate, momentum = 0, weightDecay = 0 } = options;
  const velocity = momentum === 0 ? undefined : options.velocity;
  checkSizes("sgdUpdate", parameter, { gradient, ...(momentum !== 0 && { velocity }) });
  const native = onWasm();
  tidy(() => {
    if (native) {
      const { kernels, at, make } = native;
      // Not in place: the backend keeps what XNNPACK has packed of a kernel until its memory is given back.
      const [p, v] = [make(parameter.shape), velocity && make(velocity.shape)];
      const [toV, fromV] = v && velocity ? [at(v), at(velocity)] : [0, 0];
      const { size } = parameter;
      kernels.sgd(at(p), toV, at(parameter), fromV, at(gradient), size, learningRate, momentum, weightDecay);
      if (v) velocity?.assign(v);
      parameter.assign(p);
      return;
    }
    const slope = weightDecay === 0 ? gradient : add(gradient, mul(parameter, weightDecay));
    if (velocity) velocity.assign(add(mul(velocity, momentum), slope));
    parameter.assign(sub(parameter, mul(velocity ?? slope, learningRate)));
  });
}
