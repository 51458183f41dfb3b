/** TREC question classification, six coarse classes. */
import { IdinitError } from "@idinit/core";
import type { Dataset } from "./dataset.js";
import { findFiles, readLines } from "./files.js";
import { type Sentence, type TextOptions, textDataset, wordsOf } from "./sentences.js";

const CLASSES = ["ABBR", "DESC", "ENTY", "HUM", "LOC", "NUM"];
const FILES = ["train_5500.label", "TREC_10.label"] as const;

/** What is looked for, for messages. */
export const trecFiles = `${FILES.join(" and ")}, in the folder itself or in trec/`;

/**
 * Reads TREC-6, or answers `undefined` where the folder has none.
 *
 * @throws IdinitError when a line is not `COARSE:fine question`, or its class is unknown.
 */
export async function readTrec(directory: string, options: TextOptions): Promise<Dataset | undefined> {
  const paths = await findFiles(directory, ["", "trec"], FILES);
  if (!paths) return undefined;
  const [train, test] = await Promise.all(paths.map(async (path) => parseTrec(await readLines(path, "latin1"), path)));
  return textDataset({ name: "trec-6", origin: "TREC-6", classes: CLASSES }, train!, test!, options);
}

/** The questions in lines `COARSE:fine question`; the file is Latin-1. */
export function parseTrec(lines: readonly string[], name: string): Sentence[] {
  return lines.map((line, index) => {
    const match = /^([A-Z]+):\S+\s+(.*\S)\s*$/.exec(line);
    const label = match ? CLASSES.indexOf(match[1]!) : -1;
    if (!match || label < 0) {
      const came = match ? `class "${match[1]}"` : JSON.stringify(line.slice(0, 60));
      throw new IdinitError(
        `${name}, line ${index + 1}: expected "COARSE:fine question" with one of ${CLASSES.join(", ")}, got ${came}`,
      );
    }
    return { words: wordsOf(match[2]!), label };
  });
}
