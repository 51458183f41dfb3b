const IMPORT_SECTION = 2;
/** Of a memory without a largest size, of one that threads share, and 65,536 pages, the most there are, as LEB128. */
const PRIVATE = 0x00;
const SHARED = 0x03;
const MOST_PAGES = [0x80, 0x80, 0x04];

/**
 * The same module on memory that threads share. The code stays; only the type of the import changes, which is the last thing in
 * its section and must agree with what is given.
 *
 * @param module whose one import is a memory without a largest size
 * @throws Error when it is another one.
 */
export function forSharedMemory(module: Uint8Array): Uint8Array {
  let at = 8;
  while (module[at] !== IMPORT_SECTION && at < module.length) at = sectionEnd(module, at);
  const end = sectionEnd(module, at);
  // The import ends with its limits: a flag and the least number of pages.
  const limits = end - 2;
  if (module[at + 2] !== 1 || module[limits - 1] !== 0x02 || module[limits] !== PRIVATE) {
    throw new Error("forSharedMemory: the module's one import must be a memory without a largest size");
  }
  const shared = Uint8Array.from([...module.subarray(0, end), ...MOST_PAGES, ...module.subarray(end)]);
  shared[at + 1]! += MOST_PAGES.length;
  shared[limits] = SHARED;
  return shared;
}

/** Where the section that begins at `at` ends; the sizes of those up to the imports are LEB128 of up to two bytes. */
function sectionEnd(module: Uint8Array, at: number): number {
  const low = module[at + 1]!;
  return low < 128 ? at + 2 + low : at + 3 + (low & 127) + 128 * module[at + 2]!;
}
