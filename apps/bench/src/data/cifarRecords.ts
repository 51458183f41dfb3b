/** The records of CIFAR-10's binary format. */
import { IdinitError } from "@idinit/core";
import type { ImageExamples } from "./dataset.js";
import { requireLabels } from "./idx.js";

const PIXELS = 3 * 32 * 32;
/** One label byte, then 1024 red, 1024 green and 1024 blue bytes. */
export const CIFAR_RECORD = 1 + PIXELS;

/** The bytes of one batch file, under its name. */
export interface CifarFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * The examples of some batch files, each with any number of whole records.
 *
 * @throws IdinitError when a file ends within a record or has a label above 9.
 */
export function parseCifar(files: readonly CifarFile[]): ImageExamples {
  const counts = files.map(({ name, bytes }) => {
    if (bytes.length === 0 || bytes.length % CIFAR_RECORD !== 0) {
      throw new IdinitError(
        `${name}: expected whole records, a positive multiple of ${CIFAR_RECORD} bytes, got ${bytes.length} ` +
          `(${Math.floor(bytes.length / CIFAR_RECORD)} records and ${bytes.length % CIFAR_RECORD} bytes)`,
      );
    }
    return bytes.length / CIFAR_RECORD;
  });
  const count = counts.reduce((sum, value) => sum + value, 0);
  const values = new Uint8Array(count * PIXELS);
  const labels = new Uint8Array(count);
  let at = 0;
  files.forEach(({ name, bytes }, file) => {
    const first = at;
    for (let record = 0; record < counts[file]!; record++, at++) {
      const start = record * CIFAR_RECORD;
      labels[at] = bytes[start]!;
      values.set(bytes.subarray(start + 1, start + CIFAR_RECORD), at * PIXELS);
    }
    requireLabels(labels.subarray(first, at), 10, name);
  });
  return { kind: "image", shape: [3, 32, 32], values, labels };
}
