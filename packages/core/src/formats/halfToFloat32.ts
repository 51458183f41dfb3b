/** Numbers of 16 bits as float32, which holds each of them exactly. */
import { IdinitError, show } from "../errors.js";
import { isHalf } from "./dtypes.js";
import type { HalfArray } from "./half.js";

/**
 * The same values as float32: exact, subnormals, infinities and NaN included.
 *
 * @throws {IdinitError} for anything else.
 * @example halfToFloat32(bfloat16(Float32Array.of(Math.SQRT2))) // [1.4140625]
 */
export function halfToFloat32(half: HalfArray): Float32Array {
  if (!isHalf(half))
    throw new IdinitError(`halfToFloat32: half must be what float16 or bfloat16 made, got ${show(half)}`);
  const { dtype, bits } = half;
  const values = new Float32Array(bits.length);
  if (dtype === "bfloat16") {
    const words = new Uint32Array(values.buffer);
    for (let i = 0; i < bits.length; i++) words[i] = bits[i]! << 16;
    return values;
  }
  for (let i = 0; i < bits.length; i++) {
    const word = bits[i]!;
    const exponent = (word >>> 10) & 31;
    const fraction = word & 1023;
    const size =
      exponent === 0
        ? fraction * 2 ** -24
        : exponent === 31
          ? fraction === 0
            ? Number.POSITIVE_INFINITY
            : Number.NaN
          : (1 + fraction / 1024) * 2 ** (exponent - 15);
    values[i] = word >= 0x8000 ? -size : size;
  }
  return values;
}
