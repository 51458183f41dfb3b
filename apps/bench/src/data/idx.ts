/** The IDX format of MNIST: a big-endian header, then unsigned bytes. */
import { IdinitError } from "@idinit/core";

const IMAGES = 2051;
const LABELS = 2049;

const kinds: ReadonlyMap<number, string> = new Map([
  [IMAGES, "an images file"],
  [LABELS, "a labels file"],
]);

export interface IdxImages {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly pixels: Uint8Array;
}

/**
 * Images: magic 2051, count, rows, columns, then one byte a pixel.
 *
 * @param name The file's name, for errors.
 * @throws IdinitError when the magic, the size or the length of the file is not that of an images file.
 */
export function parseIdxImages(bytes: Uint8Array, name: string): IdxImages {
  const [count, height, width] = header(bytes, name, IMAGES, 3) as [number, number, number];
  if (height === 0 || width === 0)
    throw new IdinitError(`${name}: expected images with pixels, got ${height}×${width}`);
  const pixels = body(bytes, name, 16, count * height * width, `${count} images of ${height}×${width}`);
  return { count, height, width, pixels };
}

/**
 * Labels: magic 2049, count, then one byte a label.
 *
 * @param classes Labels must be below it.
 * @throws IdinitError when the magic or the length is wrong, or a label is out of range.
 */
export function parseIdxLabels(bytes: Uint8Array, name: string, classes: number): Uint8Array {
  const [count] = header(bytes, name, LABELS, 1) as [number];
  const labels = body(bytes, name, 8, count, `${count} labels`);
  requireLabels(labels, classes, name);
  return labels;
}

/** Throws unless every label is below `classes`; the message says which is not. */
export function requireLabels(labels: Uint8Array, classes: number, name: string): void {
  const wrong = labels.findIndex((label) => label >= classes);
  if (wrong >= 0) {
    throw new IdinitError(`${name}: expected labels 0 to ${classes - 1}, got ${labels[wrong]} at record ${wrong}`);
  }
}

function header(bytes: Uint8Array, name: string, magic: number, sizes: number): number[] {
  const length = 4 * (1 + sizes);
  if (bytes.length < length) {
    throw new IdinitError(`${name}: expected an IDX header of ${length} bytes, got a file of ${bytes.length}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = view.getUint32(0);
  if (found !== magic) {
    const came = kinds.get(found) ?? "no IDX file of bytes";
    throw new IdinitError(`${name}: expected ${kinds.get(magic)} (magic ${magic}), got ${came} (magic ${found})`);
  }
  return Array.from({ length: sizes }, (_, index) => view.getUint32(4 * (1 + index)));
}

function body(bytes: Uint8Array, name: string, start: number, length: number, what: string): Uint8Array {
  if (bytes.length !== start + length) {
    const verdict = bytes.length < start + length ? "cut short" : "too long";
    throw new IdinitError(
      `${name}: expected ${start + length} bytes for ${what}, got ${bytes.length}: the file is ${verdict}`,
    );
  }
  return bytes.subarray(start);
}
