/** Reads the records of a folder. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { IdinitError } from "@idinit/core";
import type { RunRecord } from "./records.js";

export interface Recorded {
  /** File by file in the order of their names (that is: of time), line by line. */
  readonly records: readonly RunRecord[];
  /** What was left out: the torn last line of a killed process. */
  readonly warnings: readonly string[];
}

const TYPES: ReadonlySet<unknown> = new Set([
  "start",
  "loss",
  "epoch",
  "weights",
  "measure",
  "observation",
  "end",
  "skipped",
]);

/**
 * All records of the `*.jsonl` files of a folder; none where there is no folder.
 *
 * A last line without its end was torn when its process was killed: it is left out and named in `warnings`.
 *
 * @throws IdinitError for any other line that is no record.
 */
export async function readRecords(directory: string): Promise<Recorded> {
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [] as string[];
    throw new IdinitError(`${directory}: expected a folder with records, got: ${error.message}`);
  });
  const records: RunRecord[] = [];
  const warnings: string[] = [];
  for (const name of names.filter((one) => one.endsWith(".jsonl")).sort()) {
    const path = join(directory, name);
    const lines = (await readFile(path, "utf8")).split("\n");
    const torn = lines.pop();
    if (torn) warnings.push(`${path}: the last line was torn when its process ended; it is left out`);
    lines.forEach((line, index) => {
      records.push(parseRecord(line, `${path}, line ${index + 1}`));
    });
  }
  return { records, warnings };
}

function parseRecord(line: string, where: string): RunRecord {
  let value: { type?: unknown; run?: unknown };
  try {
    value = JSON.parse(line, fit);
  } catch {
    throw new IdinitError(`${where}: expected a record (a line of JSON), got ${JSON.stringify(line.slice(0, 60))}`);
  }
  if (typeof value !== "object" || value === null || !TYPES.has(value.type) || typeof value.run !== "string") {
    throw new IdinitError(
      `${where}: expected a record of type ${[...TYPES].join(", ")} with a run id, got ${line.slice(0, 60)}`,
    );
  }
  return value as RunRecord;
}

function fit(_key: string, value: unknown): unknown {
  return value === "NaN" || value === "Infinity" || value === "-Infinity" ? Number(value) : value;
}
