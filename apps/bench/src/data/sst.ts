/** The Stanford Sentiment Treebank, two classes (GLUE's layout) and five. */
import { IdinitError } from "@idinit/core";
import type { Dataset } from "./dataset.js";
import { findFiles, readLines } from "./files.js";
import { type Sentence, type TextOptions, textDataset, wordsOf } from "./sentences.js";

const TWO = ["negative", "positive"];
const FIVE = ["very negative", "negative", "neutral", "positive", "very positive"];

/** What is looked for, for messages. */
export const sst2Files = "train.tsv and dev.tsv, in sst-2/ or SST-2/ or the folder itself";
/** What is looked for, for messages. */
export const sst5Files = "train.txt and test.txt, in sst-5/ or SST-5/ or the folder itself";

/** Reads SST-2 (`dev.tsv` is the test set, as GLUE's has no labels), or answers `undefined` where the folder has none. */
export async function readSst2(directory: string, options: TextOptions): Promise<Dataset | undefined> {
  const paths = await findFiles(directory, ["sst-2", "SST-2", ""], ["train.tsv", "dev.tsv"]);
  if (!paths) return undefined;
  const [train, test] = await Promise.all(paths.map(async (path) => parseSst2(await readLines(path, "utf8"), path)));
  return textDataset({ name: "sst-2", origin: "SST-2 (tested on dev.tsv)", classes: TWO }, train!, test!, options);
}

/** Reads SST-5, sentences only, or answers `undefined` where the folder has none. */
export async function readSst5(directory: string, options: TextOptions): Promise<Dataset | undefined> {
  const paths = await findFiles(directory, ["sst-5", "SST-5", ""], ["train.txt", "test.txt"]);
  if (!paths) return undefined;
  const [train, test] = await Promise.all(paths.map(async (path) => parseSst5(await readLines(path, "utf8"), path)));
  return textDataset({ name: "sst-5", origin: "SST-5", classes: FIVE }, train!, test!, options);
}

/** Lines `sentence TAB label` under the header `sentence TAB label`. */
export function parseSst2(lines: readonly string[], name: string): Sentence[] {
  if (lines[0] !== "sentence\tlabel") {
    throw new IdinitError(
      `${name}, line 1: expected the header "sentence<TAB>label", got ${JSON.stringify(lines[0]?.slice(0, 60) ?? "")}`,
    );
  }
  return lines.slice(1).map((line, index) => sentence(line, /^(?<text>[^\t]+)\t(?<label>[01])$/, name, index + 2));
}

/** Lines `label sentence`. */
export function parseSst5(lines: readonly string[], name: string): Sentence[] {
  return lines.map((line, index) => sentence(line, /^(?<label>[0-4]) (?<text>.+)$/, name, index + 1));
}

function sentence(line: string, form: RegExp, name: string, number: number): Sentence {
  const { text, label } = form.exec(line)?.groups ?? {};
  const words = wordsOf(text ?? "");
  if (label === undefined || words.length === 0) {
    const expected = form.source.startsWith("^(?<text>") ? "sentence<TAB>0 or 1" : "0 to 4, a blank, a sentence";
    throw new IdinitError(`${name}, line ${number}: expected ${expected}, got ${JSON.stringify(line.slice(0, 60))}`);
  }
  return { words, label: Number(label) };
}
