/** From a folder of records to the report's files. */
import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { IdinitError } from "@idinit/core";
import { readRecords } from "../recordReader.js";
import { gatherRuns } from "../runs.js";
import { markdown } from "./markdown.js";
import { page } from "./page.js";
import { summarize } from "./summarize.js";

export interface WrittenReport {
  /** Path of the page. */
  readonly html: string;
  /** Path of the tables. */
  readonly markdown: string;
  /** What was left out of the records. */
  readonly warnings: readonly string[];
}

/**
 * Reads the records of a folder and writes `report.html` and `report.md` into it, each as a whole or not at all.
 *
 * @throws IdinitError when there are no records, or a line is none.
 */
export async function writeReport(directory: string): Promise<WrittenReport> {
  const { records, warnings } = await readRecords(directory);
  const { runs, skipped } = gatherRuns(records);
  if (runs.length === 0) {
    throw new IdinitError(
      `${directory}: expected records of at least one run (*.jsonl), got ${records.length === 0 ? "none" : `${skipped.length} skipped runs only`}`,
    );
  }
  const groups = summarize(runs);
  const paths = { html: join(directory, "report.html"), markdown: join(directory, "report.md") };
  await writeWhole(paths.html, page({ groups, runs, skipped }));
  await writeWhole(paths.markdown, markdown(groups, skipped, runs));
  return { ...paths, warnings };
}

async function writeWhole(path: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(draft, text);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw new IdinitError(`${path}: the report could not be written: ${(error as Error).message}`);
  }
}
