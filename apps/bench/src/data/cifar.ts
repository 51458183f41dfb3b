/** CIFAR-10 in its binary format, from a folder or an archive. */
import { basename, join } from "node:path";
import { IdinitError } from "@idinit/core";
import { readCifarArchive } from "./cifarArchive.js";
import { type CifarFile, parseCifar } from "./cifarRecords.js";
import { countOf, type Dataset, slice } from "./dataset.js";
import { namesIn, readBytes } from "./files.js";

const CLASSES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];
const BATCH = /^data_batch_\d+\.bin$/;
const FOLDERS = ["", "cifar-10", "cifar10"];

/** What is looked for, for messages. */
export const cifarFiles =
  "cifar-10-batches-bin/*.bin or cifar-10-binary*.tar.gz, in the folder itself, in cifar-10/ or in cifar10/";

/**
 * Reads CIFAR-10, or answers `undefined` where the folder has none. In this order: a folder `cifar-10-batches-bin`; the
 * official `cifar-10-binary.tar.gz`; the first other `cifar-10-binary*.tar.gz`, by name, with a `test_batch.bin`; the
 * first without. Without a test batch the last tenth of the records is held out.
 *
 * @throws IdinitError when a file is damaged.
 */
export async function readCifar(directory: string): Promise<Dataset | undefined> {
  for (const folder of FOLDERS) {
    const found = (await fromFolder(join(directory, folder))) ?? (await fromArchives(join(directory, folder)));
    if (found) return datasetOf(found.files, found.origin);
  }
  return undefined;
}

interface Found {
  readonly files: readonly CifarFile[];
  readonly origin: string;
}

async function fromFolder(parent: string): Promise<Found | undefined> {
  const folder = basename(parent) === "cifar-10-batches-bin" ? parent : join(parent, "cifar-10-batches-bin");
  const names = (await namesIn(folder)).filter((name) => BATCH.test(name) || name === "test_batch.bin");
  if (names.length === 0) return undefined;
  const files: CifarFile[] = [];
  for (const name of names) files.push({ name: join(folder, name), bytes: await readBytes(join(folder, name)) });
  return { files, origin: "cifar-10-batches-bin" };
}

async function fromArchives(parent: string): Promise<Found | undefined> {
  const names = (await namesIn(parent)).filter((name) => /^cifar-10-binary.*\.(tar\.gz|tgz|tar)$/.test(name));
  const official = names.indexOf("cifar-10-binary.tar.gz");
  if (official > 0) names.unshift(...names.splice(official, 1));
  let withoutTest: Found | undefined;
  for (const name of names) {
    const found = { files: await readCifarArchive(join(parent, name)), origin: name };
    if (!found.files.some((file) => !isTest(file))) {
      throw new IdinitError(`${join(parent, name)}: expected members cifar-10-batches-bin/data_batch_N.bin, got none`);
    }
    if (found.files.some(isTest)) return found;
    withoutTest ??= found;
  }
  return withoutTest;
}

function isTest({ name }: CifarFile): boolean {
  return name.endsWith("test_batch.bin");
}

function datasetOf(files: readonly CifarFile[], origin: string): Dataset {
  const training = files.filter((file) => !isTest(file));
  if (training.length === 0) throw new IdinitError(`${files[0]!.name}: expected data_batch_N.bin beside it, got none`);
  const all = parseCifar(training);
  const testFiles = files.filter(isTest);
  const common = { name: "cifar-10", classes: CLASSES };
  if (testFiles.length > 0) {
    return { ...common, origin: `CIFAR-10 (${origin})`, train: all, test: parseCifar(testFiles) };
  }
  const held = Math.floor(countOf(all) / 10);
  if (held === 0) throw new IdinitError(`${origin}: expected at least 10 records, got ${countOf(all)}`);
  const kept = countOf(all) - held;
  return {
    ...common,
    origin: `CIFAR-10 (${origin}; it has no test batch, so its last ${held} records are held out)`,
    train: slice(all, 0, kept),
    test: slice(all, kept, kept + held),
  };
}
