/** Writes records: one new file for each process, whole lines only. */
import { closeSync, ftruncateSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { IdinitError } from "@idinit/core";
import type { RunRecord } from "./records.js";

export interface RecordWriter {
  readonly path: string;
  /** Appends one line. */
  write(record: RunRecord): void;
  close(): void;
}

/**
 * Creates a record file in a folder, and the folder where it is missing.
 *
 * The file's name holds the time and the process, so that processes never share one. Numbers that JSON can't hold
 * (infinite, not a number) are written as strings (`"NaN"`).
 *
 * @throws IdinitError when the folder can't be written to. `write` throws when the disk is full; the torn line is taken
 * back, so that the file keeps its whole lines.
 */
export function createRecordWriter(directory: string): RecordWriter {
  const stamp = new Date().toISOString().replace(/\D/g, "").slice(0, 17);
  const path = join(directory, `records-${stamp}-${process.pid}.jsonl`);
  let file: number;
  try {
    mkdirSync(directory, { recursive: true });
    file = openSync(path, "ax");
  } catch (error) {
    throw new IdinitError(`${directory}: expected a folder that can be written to, got: ${(error as Error).message}`);
  }
  let length = 0;
  return {
    path,
    write(record) {
      const line = Buffer.from(`${JSON.stringify(record, unfit)}\n`);
      try {
        // A full disk can take a part of the line and fail only at the next call.
        for (let at = 0; at < line.length; ) at += writeSync(file, line, at);
      } catch (error) {
        ftruncateSync(file, length);
        throw new IdinitError(
          `${path}: a record could not be written, earlier ones are kept: ${(error as Error).message}`,
        );
      }
      length += line.length;
    },
    close: () => closeSync(file),
  };
}

function unfit(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}
