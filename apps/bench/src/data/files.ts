/** Finding and reading data files. */
import { access, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { IdinitError } from "@idinit/core";

const unzip = promisify(gunzip);

/** No file of these data sets is larger unpacked; a bigger one is not what its name says. */
const LARGEST = 512 * 2 ** 20;

/** Whether a file or folder is there and can be read. */
async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/**
 * The first of `folders` (relative to `directory`) that holds all of `files`, each under its name or its name + `.gz`;
 * the paths in the order of `files`, or `undefined`.
 */
export async function findFiles(
  directory: string,
  folders: readonly string[],
  files: readonly string[],
): Promise<string[] | undefined> {
  for (const folder of folders) {
    const paths: string[] = [];
    for (const file of files) {
      const plain = join(directory, folder, file);
      if (await exists(plain)) paths.push(plain);
      else if (await exists(`${plain}.gz`)) paths.push(`${plain}.gz`);
    }
    if (paths.length === files.length) return paths;
  }
  return undefined;
}

/** Names in a folder, sorted; none where there is no folder. */
export async function namesIn(directory: string): Promise<string[]> {
  return (await readdir(directory).catch(() => [])).sort();
}

/**
 * The bytes of a file, unpacked if they are gzip (seen from the first two bytes, not from the name).
 *
 * @throws IdinitError when the file can't be read or its gzip data is damaged or cut short.
 */
export async function readBytes(path: string): Promise<Uint8Array> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw new IdinitError(`${path}: can't be read: ${(error as Error).message}`);
  }
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return plain(bytes);
  try {
    return plain(await unzip(bytes, { maxOutputLength: LARGEST }));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const what = code === "Z_BUF_ERROR" ? "it ends in the middle of its gzip data" : `damaged gzip data: ${message}`;
    throw new IdinitError(`${path}: expected a whole gzip file, got ${bytes.length} bytes of which ${what}`);
  }
}

/** The same bytes without Buffer's own meaning of `slice`. */
function plain(bytes: Buffer): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The lines of a text file without their ends; the last may lack one. */
export async function readLines(path: string, encoding: "utf8" | "latin1"): Promise<string[]> {
  const lines = Buffer.from(await readBytes(path))
    .toString(encoding)
    .split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}
