/** Where files are written to. Core opens none itself; `toFolder` of `@idinit/core/node` is a sink. */

/** A place for files that are seen all together or not at all. */
export interface Sink {
  /** Called once before all else, with the sum of all files' sizes and their names: a place that is too small or has them may throw. */
  prepare?(bytes: number, names: readonly string[]): unknown;
  /** Starts a file. One is open at a time, and no name comes twice. */
  open(name: string): SinkFile | Promise<SinkFile>;
  /** All files are written and closed. */
  commit?(): unknown;
  /** Something failed, in here or elsewhere: nothing is to stay, the file that is open included. What it throws is not told. */
  abort?(reason: unknown): unknown;
}

/** One file; a `FileSystemWritableFileStream` is one. Promises are waited for. */
export interface SinkFile {
  /** Adds bytes at the end. They are overwritten after the promise has resolved; the next call comes after that. */
  write(bytes: Uint8Array): unknown;
  /** The file is complete. */
  close(): unknown;
}
