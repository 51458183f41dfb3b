/** Convolution in double precision. */
import type { Layer, Shape } from "../architectures/index.js";

/** `[count, channels, height, width] -> [count, out, height', width']`, zero padding, cross-correlation as in every framework. */
export function convolve(
  x: Float64Array,
  count: number,
  shape: Shape,
  { out, kernel, stride, padding, groups }: Layer & { readonly op: "conv" },
  weight: Float32Array,
  bias?: Float32Array,
): Float64Array {
  const [channels, height, width] = shape as readonly [number, number, number];
  const [inGroup, outGroup] = [channels / groups, out / groups];
  const [high, wide] = [height, width].map((size) => Math.floor((size + 2 * padding - kernel) / stride) + 1) as [
    number,
    number,
  ];
  const y = new Float64Array(count * out * high * wide);
  for (let n = 0; n < count; n++) {
    for (let m = 0; m < out; m++) {
      const target = (n * out + m) * high * wide;
      if (bias) y.fill(bias[m]!, target, target + high * wide);
      for (let c = 0; c < inGroup; c++) {
        const source = (n * channels + Math.floor(m / outGroup) * inGroup + c) * height * width;
        for (let tap = 0; tap < kernel * kernel; tap++) {
          const factor = weight[(m * inGroup + c) * kernel * kernel + tap]!;
          if (factor === 0) continue; // Most entries of an identity-like kernel.
          const [down, right] = [Math.floor(tap / kernel) - padding, (tap % kernel) - padding];
          for (let v = 0; v < high; v++) {
            const fromY = v * stride + down;
            if (fromY < 0 || fromY >= height) continue;
            const first = Math.max(0, Math.ceil(-right / stride));
            const last = Math.min(wide - 1, Math.floor((width - 1 - right) / stride));
            const row = source + fromY * width + right;
            for (let u = first; u <= last; u++) y[target + v * wide + u]! += factor * x[row + u * stride]!;
          }
        }
      }
    }
  }
  return y;
}
