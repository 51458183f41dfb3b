import { add, mean, mul, reshape, rsqrt, square, sub, sum, type Tensor, tidy } from "@tensorflow/tfjs-core";
import type { LayerNormPasses } from "./layerNormalization.js";

/** In the operations of any backend. */
export const composedLayerNorm: LayerNormPasses = {
  forward(x, scale, shift, epsilon) {
    const middle = mean(x, -1, true);
    const centred = sub(x, middle);
    const inverse = rsqrt(add(mean(square(centred), -1, true), epsilon));
    return { y: add(mul(mul(centred, inverse), scale), shift), mean: middle, inverse };
  },
  backward(dy, x, scale, middle, inverse) {
    return tidy(() => {
      const columns = x.shape.at(-1)!;
      const overRows = (value: Tensor) => sum(reshape(value, [-1, columns]), 0);
      const value = mul(sub(x, middle), inverse);
      const scaled = mul(dy, scale);
      const along = mul(value, mean(mul(scaled, value), -1, true));
      const dx = mul(sub(sub(scaled, mean(scaled, -1, true)), along), inverse);
      return [dx, overRows(mul(dy, value)), overRows(dy)] as [Tensor, Tensor, Tensor];
    });
  },
};
