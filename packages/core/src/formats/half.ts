/** Numbers of 16 bits: float32 rounded to float16 and bfloat16, and back. */
import { IdinitError, show } from "../errors.js";

/** Values of 16 bits each. JavaScript's engines have no common array for them, so they are kept as their bits. */
export interface HalfArray {
  /** IEEE 754 binary16, or the upper half of binary32. */
  readonly dtype: "float16" | "bfloat16";
  readonly bits: Uint16Array;
}

/**
 * float32 rounded to the nearest float16, ties to even, subnormals included: what numpy's `astype("float16")` gives.
 *
 * float16 has 11 significant bits, the range ±65504, and below 2⁻¹⁴ ≈ 6.1e-5 only multiples of 2⁻²⁴ ≈ 6e-8. So IDI's Loose noise
 * of 1e-6 is lost (1 + 1e-6 becomes 1), and IDIZ's 1e-6 is subnormal: it becomes 17·2⁻²⁴ ≈ 1.0133e-6, which hardware that flushes
 * subnormals reads as 0; then `idiz({ epsilon: 1e-4 })` is what to take. Rows of IDIZ still sum to 0.
 *
 * @param values Finite, below 65520 in size.
 * @param bits Where to put them; as long as `values`. After an error it may be half filled. Default a new array.
 * @throws {IdinitError} for a value that is not finite or would become infinite, and bits of another length.
 * @example npy(float16(idi().generate([10, 4])), [10, 4]) // '<f2'
 */
export function float16(values: Float32Array, bits: Uint16Array = new Uint16Array(values?.length ?? 0)): HalfArray {
  const words = wordsOf("float16", values, bits);
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    const sign = (word >>> 16) & 0x8000;
    const size = word & 0x7fffffff;
    // 65520 lies half-way to the number after 65504.
    if (size >= 0x477ff000) fail("float16", values, i, "65520");
    bits[i] =
      size < 0x38800000
        ? // Next to 0.5, float32 has steps of 2^-24 as subnormals have: the addition rounds.
          sign | ((Math.fround(Math.abs(values[i]!) + 0.5) - 0.5) * 2 ** 24)
        : sign | ((size - 0x38000000 + 0xfff + ((size >>> 13) & 1)) >>> 13);
  }
  return { dtype: "float16", bits };
}

/**
 * float32 rounded to the nearest bfloat16, ties to even: what PyTorch's `.to(torch.bfloat16)` gives.
 *
 * bfloat16 has float32's range and 8 significant bits. So IDI's Loose noise of 1e-6 is lost (1 + 1e-6 becomes 1), √2 becomes 1.4140625,
 * and IDIZ's 1e-6 becomes 9.98e-7. Rows of IDIZ still sum to 0.
 *
 * @param values Finite, below (2 − 2⁻⁸)·2¹²⁷ ≈ 3.396e38 in size.
 * @param bits Where to put them; as long as `values`. After an error it may be half filled. Default a new array.
 * @throws {IdinitError} for a value that is not finite or would become infinite, and bits of another length.
 * @example safetensors(new Map([["fc.weight", { data: bfloat16(idi().generate([10, 4])), shape: [10, 4] }]]))
 */
export function bfloat16(values: Float32Array, bits: Uint16Array = new Uint16Array(values?.length ?? 0)): HalfArray {
  const words = wordsOf("bfloat16", values, bits);
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if ((word & 0x7fffffff) >= 0x7f7f8000) fail("bfloat16", values, i, "3.396e38");
    bits[i] = (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
  }
  return { dtype: "bfloat16", bits };
}

/** The bits of float32 values, by index. */
function wordsOf(who: string, values: Float32Array, bits: Uint16Array): Uint32Array {
  if (!(values instanceof Float32Array))
    throw new IdinitError(`${who}: values must be a Float32Array, got ${show(values)}`);
  if (!(bits instanceof Uint16Array) || bits.length !== values.length) {
    throw new IdinitError(`${who}: bits must be a Uint16Array of ${values.length} elements, got ${bits?.length}`);
  }
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}

function fail(who: string, values: Float32Array, index: number, limit: string): never {
  throw new IdinitError(
    `${who}: values must be finite and below ${limit} in size, got ${values[index]} at index ${index}`,
  );
}
