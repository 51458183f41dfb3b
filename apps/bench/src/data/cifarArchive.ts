/** The batch files in a CIFAR-10 archive, read without unpacking anything to disk. */
import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { pipeline } from "node:stream/promises";
import { IdinitError } from "@idinit/core";
import { Parser } from "tar";
import { CIFAR_RECORD, type CifarFile } from "./cifarRecords.js";

/** The official files have 10000 records each; more than ten times that is something else. */
const LARGEST_MEMBER = 100_000 * CIFAR_RECORD;
const MEMBER = /^(\.\/)?cifar-10-batches-bin\/((data_batch_\d+|test_batch)\.bin)$/;

/**
 * The members `cifar-10-batches-bin/data_batch_N.bin` and `test_batch.bin` of a tar file, gzipped or not; every other
 * member is passed over, whatever its path.
 *
 * @throws IdinitError when the archive is damaged or cut short, has a member twice, or one larger than 100000 records.
 */
export async function readCifarArchive(path: string): Promise<CifarFile[]> {
  const files: CifarFile[] = [];
  const parser = new Parser({ strict: true });
  let failure: Error | undefined;
  parser.on("entry", (entry) => {
    const name = MEMBER.exec(entry.path)?.[2];
    if (!name || entry.type !== "File") {
      entry.resume();
      return;
    }
    if (files.some((file) => basename(file.name) === name) || entry.size > LARGEST_MEMBER) {
      const came = entry.size > LARGEST_MEMBER ? `one of ${entry.size} bytes` : "it twice";
      failure ??= new IdinitError(`${path}: expected one ${name} of at most ${LARGEST_MEMBER} bytes, got ${came}`);
      entry.resume();
      return;
    }
    const bytes = new Uint8Array(entry.size);
    files.push({ name: `${path}:${name}`, bytes });
    let at = 0;
    entry.on("data", (chunk: Buffer) => {
      bytes.set(chunk, at);
      at += chunk.length;
    });
  });
  try {
    await pipeline(createReadStream(path), parser as unknown as NodeJS.WritableStream);
  } catch (error) {
    throw new IdinitError(`${path}: expected a whole tar archive, gzipped or not, got: ${(error as Error).message}`);
  }
  if (failure) throw failure;
  return files;
}
