/** NumPy's file format for one array. */
import { IdinitError } from "../errors.js";
import { asciiBytes, checkShape, dtypeOf, littleEndianBytes, type TensorData } from "./dtypes.js";

/** Magic string, version and length field. */
const PREAMBLE = 10;

/** Data starts at a multiple of this. */
const ALIGNMENT = 64;

/**
 * One array as the bytes of a `.npy` file: C order, little-endian, format version 1.0.
 *
 * Source: NumPy Enhancement Proposal 1, `numpy.lib.format`.
 *
 * @param data Row-major values: float32, float64, int32, int64, uint8 or float16. NumPy has no bfloat16.
 * @param shape Integers >= 0 whose product is `data.length`.
 * @throws {IdinitError} for another type of data or a shape that doesn't fit.
 * @example await writeFile("fc.npy", npy(idi().generate([10, 4]), [10, 4]))
 */
export function npy(data: TensorData, shape: readonly number[]): Uint8Array {
  const { npy: descr } = dtypeOf(data, "npy: ");
  if (descr === undefined) {
    throw new IdinitError("npy: NumPy has no bfloat16; write float16, float32 or a .safetensors file");
  }
  checkShape({ data, shape }, "npy: ");
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const dictionary = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const start = Math.ceil((PREAMBLE + dictionary.length + 1) / ALIGNMENT) * ALIGNMENT;
  const header = `${dictionary.padEnd(start - PREAMBLE - 1)}\n`;

  const bytes = littleEndianBytes(data);
  const file = new Uint8Array(start + bytes.length);
  file.set([0x93, ...asciiBytes("NUMPY"), 1, 0, header.length & 255, header.length >> 8]);
  file.set(asciiBytes(header), PREAMBLE);
  file.set(bytes, start);
  return file;
}
