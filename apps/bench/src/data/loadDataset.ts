/** A data set by name: from files where a folder is given, else its embedded stand-in. */
import { IdinitError } from "@idinit/core";
import { cifarFiles, readCifar } from "./cifar.js";
import type { Dataset } from "./dataset.js";
import { glyphs } from "./made/glyphs.js";
import { shapes } from "./made/shapes.js";
import { statements } from "./made/statements.js";
import { mnistFiles, readMnist } from "./mnist.js";
import type { TextOptions } from "./sentences.js";
import { readSst2, readSst5, sst2Files, sst5Files } from "./sst.js";
import { readTrec, trecFiles } from "./trec.js";

export type DatasetName = "mnist" | "cifar-10" | "trec-6" | "sst-2" | "sst-5";

/** What a scenario asks of its data. */
export interface DatasetOptions extends TextOptions {
  /** Height and width of the embedded pictures. Default 16. */
  readonly side?: number;
}

interface Source {
  read(directory: string, text: TextOptions): Promise<Dataset | undefined>;
  /** What `read` looks for. */
  readonly files: string;
  embedded(options: DatasetOptions): Dataset;
}

const sources: Readonly<Record<DatasetName, Source>> = {
  mnist: { read: readMnist, files: mnistFiles, embedded: () => glyphs() },
  "cifar-10": { read: readCifar, files: cifarFiles, embedded: ({ side = 16 }) => shapes({ side }) },
  "trec-6": { read: readTrec, files: trecFiles, embedded: (text) => statements({}, text) },
  "sst-2": { read: readSst2, files: sst2Files, embedded: (text) => statements({}, text) },
  "sst-5": { read: readSst5, files: sst5Files, embedded: (text) => statements({}, text) },
};

/** All names. */
export const datasetNames = Object.keys(sources) as DatasetName[];

/**
 * Loads a data set.
 *
 * @param directory Folder with the files; `undefined` for the embedded stand-in.
 * @param options Length and vocabulary of token sequences, size of embedded pictures.
 * @throws IdinitError when the folder lacks the set (it never falls back to the embedded one) or a file is damaged.
 */
export async function loadDataset(
  name: DatasetName,
  directory: string | undefined,
  options: DatasetOptions,
): Promise<Dataset> {
  const source = sources[name];
  if (directory === undefined) return source.embedded(options);
  const found = await source.read(directory, options);
  if (!found) throw new IdinitError(`${directory}: expected ${name} as ${source.files}; got none of these`);
  return found;
}
