/** Numbers of 16 bits as float32, which holds each of them exactly. */
import type { HalfArray } from "./half.js";

/**
 * The same values as float32: exact, subnormals, infinities and NaN included.
 *
 * @example halfToFloat32(bfloat16(Float32Array.of(Math.SQRT2))) // [1.4140625]
 */
export function halfToFloat32({ dtype, bits }: HalfArray): Float32Array {
  const values = new Float32Array(bits.length);
  if (dtype === "bfloat16") {
    const words = new Uint32Array(values.buffer);
    for (let i = 0; i < bits.length; i++) words[i] = bits[i]! << 16;
    return values;
  }
  for (let i = 0; i < bits.length; i++) {
    const half = bits[i]!;
    const exponent = (half >>> 10) & 31;
    const fraction = half & 1023;
    const size =
      exponent === 0
        ? fraction * 2 ** -24
        : exponent === 31
          ? fraction === 0
            ? Number.POSITIVE_INFINITY
            : Number.NaN
          : (1 + fraction / 1024) * 2 ** (exponent - 15);
    values[i] = half >= 0x8000 ? -size : size;
  }
  return values;
}
