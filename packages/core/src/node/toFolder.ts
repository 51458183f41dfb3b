/** A sink that writes to a folder. */
import { randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, rename, rm, rmdir, stat, statfs } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { failing, IdinitError } from "../errors.js";
import { readOptions } from "../initializers/check.js";
import type { Sink } from "../large/sink.js";

/** Options of {@link toFolder}. */
export interface ToFolderOptions {
  /** Whether files of the same names may be replaced. Default false: they are an error. */
  readonly overwrite?: boolean;
}

/**
 * Files in a folder, which is made if it is not there. They have hidden temporary names until all are written; then they are renamed.
 * After a failure none is left, nor a folder that was made for them; files that were to be replaced are as they were, unless it was the
 * renaming that failed. Room on the disk, and what is there already, are checked before the first byte. Other files are left alone:
 * readers that look for `model.safetensors` first find an old one beside new shards.
 *
 * A sink serves one `writeSafetensors`.
 *
 * @throws {IdinitError} for a path that is no string; while writing: for a file that is there already, too little room, and whatever the system refuses, with its reason.
 * @example await writeSafetensors(plan, toFolder("gpt2-xl"))
 */
export function toFolder(path: string, options: ToFolderOptions = {}): Sink {
  const { overwrite } = readOptions("toFolder", options, { overwrite: [false, true] });
  if (typeof path !== "string") failing("toFolder")("path must be a string", path);
  const folder = resolve(path);
  const written: { readonly temporary: string; readonly name: string; readonly handle: FileHandle }[] = [];
  const renamed: string[] = [];
  let firstMade: string | undefined;

  async function prepare(bytes: number, names: readonly string[]): Promise<void> {
    for (const name of overwrite ? [] : names) {
      if (!(await exists(join(folder, name)))) continue;
      throw new IdinitError(`toFolder: ${name} is in ${folder} already; pass overwrite: true to replace it`);
    }
    firstMade = await told(`make folder ${folder}`, () => mkdir(folder, { recursive: true }));
    const { bavail, bsize } = await told(`look at folder ${folder}`, () => statfs(folder));
    if (bytes > bavail * bsize) {
      throw new IdinitError(`toFolder: ${folder} needs room for ${bytes} bytes, there are ${bavail * bsize}`);
    }
  }

  async function openFile(name: string) {
    const what = `write ${name} in ${folder}`;
    const temporary = join(folder, `.${name}.${randomUUID()}.part`);
    const handle = await told(what, () => open(temporary, "wx"));
    written.push({ temporary, name, handle });
    return {
      write: (bytes: Uint8Array) =>
        told(what, async () => {
          for (let at = 0; at < bytes.length; ) at += (await handle.write(bytes, at)).bytesWritten;
        }),
      close: () => told(what, () => handle.close()),
    };
  }

  async function commit(): Promise<void> {
    for (const { temporary, name } of written) {
      await told(`name ${name} in ${folder}`, () => rename(temporary, join(folder, name)));
      renamed.push(join(folder, name));
    }
  }

  // As much as can be removed is, whatever happens to the rest: there is nobody to tell.
  async function abort(): Promise<void> {
    await Promise.allSettled(written.map(({ handle }) => handle.close()));
    await Promise.allSettled([...written.map(({ temporary }) => temporary), ...renamed].map((file) => rm(file)));
    if (firstMade !== undefined) await removeEmpty(folder, firstMade);
  }

  return { prepare, open: openFile, commit, abort };
}

/** Runs what may fail, with an error that says at what. */
async function told<T>(what: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw new IdinitError(`toFolder: can't ${what}: ${(error as Error).message}`, { cause: error });
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}

/** Removes a folder and those around it up to `last`, as far as they are empty. */
async function removeEmpty(folder: string, last: string): Promise<void> {
  for (let at = folder; at.length >= last.length; at = dirname(at)) await rmdir(at);
}
