/** Handmade data files. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "idinit-bench-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** An IDX file: the magic and the sizes as big-endian words, then bytes. */
export function idx(magic: number, sizes: readonly number[], bytes: readonly number[]): Buffer {
  const header = Buffer.alloc(4 * (1 + sizes.length));
  [magic, ...sizes].forEach((value, index) => {
    header.writeUInt32BE(value, 4 * index);
  });
  return Buffer.concat([header, Buffer.from(bytes)]);
}

/** CIFAR-10 records; each image is filled with one number a plane. */
export function cifar(
  records: readonly (readonly [label: number, red: number, green: number, blue: number])[],
): Buffer {
  return Buffer.concat(
    records.map(([label, ...planes]) =>
      Buffer.concat([Buffer.from([label]), ...planes.map((v) => Buffer.alloc(1024, v))]),
    ),
  );
}

export const realData = process.env.IDINIT_DATA;
/** Why tests on real files are skipped, in their titles. */
export const withRealData = realData ? "" : " (skipped: IDINIT_DATA is not set)";
