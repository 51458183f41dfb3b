import {
  add,
  div,
  fused,
  mul,
  reshape,
  square,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
} from "@tensorflow/tfjs-core";
import type { Passes } from "./passes.js";

/** In the operations of any backend. */
export const composedPasses: Passes = {
  statistics(x) {
    const count = x.size / channelsOf(x);
    const mean = div(sums(x), count) as Tensor1D;
    return { mean, variance: div(sums(square(sub(x, mean))), count) };
  },
  normalize: (x, mean, factor, shift) => perChannel(sub(x, mean), factor, shift),
  inputGradient(dy, x, mean, combine) {
    const centred = sub(x, mean);
    const { factor, slope, constant } = combine({ total: sums(dy), along: sums(mul(dy, centred)) });
    return add(perChannel(dy, factor, constant), mul(centred, slope));
  },
};

function sums(x: Tensor): Tensor1D {
  return sum(reshape(x, [-1, channelsOf(x)]), 0);
}

/** `factor * x + shift` in one pass: a 1×1 depthwise convolution. */
function perChannel(x: Tensor, factor: Tensor1D, shift: Tensor1D): Tensor {
  const image = reshape(x, [1, -1, 1, channelsOf(x)]) as Tensor4D;
  const filter = reshape(factor, [1, 1, -1, 1]) as Tensor4D;
  return reshape(fused.depthwiseConv2d({ x: image, filter, strides: 1, pad: 0, bias: shift }), x.shape);
}

function channelsOf({ shape }: Tensor): number {
  return shape.at(-1)!;
}
