/** What an initializer is: a named, printable value that can fill a tensor of any shape and layout. */
import type { Layout } from "./layout.js";

/** A value that survives `JSON.stringify` unchanged, so that a record can hold it. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Options of {@link Initializer.generate}. */
export interface GenerateOptions {
  /** Order in which the axes are stored. Default: `"O"`, `"OI"`, `"OIW"`, `"OIHW"` or `"OIDHW"` by rank (out first). */
  readonly layout?: Layout;
  /** Convolution groups, an integer >= 1 that divides `out`. Default 1. */
  readonly groups?: number;
  /** Number of equal blocks stacked along `out` that are initialized each by itself: 3 for packed QKV, 4 for LSTM gates. Default 1. */
  readonly parts?: number;
  /**
   * Whether the kernel belongs to a transposed convolution. With groups, its O axis then holds `out / groups` and its
   * I axis all inputs, as ONNX and PyTorch store it (`[in, out / groups, kH, kW]`, layout `"IOHW"`). Default false.
   */
  readonly transposed?: boolean;
  /** Seed of the random stream, an integer in [0, 2^53). Default 0. */
  readonly seed?: number;
  /** Name that forks the random stream and stands in error messages, normally the parameter's name. Default `""`. */
  readonly key?: string;
  /**
   * Makes only the rows `start` to `start + count` along canonical `out` (with layout `"O"`, those elements), for tensors in
   * shards: the values are those of the whole tensor's slice. `shape` stays that of the whole tensor. Default: all rows.
   *
   * Constant, identity-like and independent random families make nothing else; the others make all rows of the parts that are asked for.
   * Transposed kernels with groups can't be sliced.
   */
  readonly rows?: readonly [start: number, count: number];
}

/** Fills tensors; made by the factories in `initializers/` (`idi()`, `kaimingNormal()`, ...). */
export interface Initializer {
  /** The factory's name: `"idi"`, `"orthogonal"`, ... */
  readonly name: string;
  /** All parameters with their defaults filled in. */
  readonly params: Readonly<Record<string, Json>>;
  /** Values of a tensor of `shape` (as stored, in `options.layout`), row-major in that layout. */
  generate(shape: readonly number[], options?: GenerateOptions): Float32Array;
  /**
   * The same values, written to an array of the caller's: constant, identity-like and independent random families allocate nothing of the
   * tensor's size where the stored order is canonical or only the non-zero elements are set; orthogonal and attention families need room to
   * work in.
   *
   * @param target Its length must be that of what `generate` returns; what it holds does not matter.
   * @throws {IdinitError} what `generate` throws, and for a target of another length, which then stays as it is.
   */
  generateInto(target: Float32Array, shape: readonly number[], options?: GenerateOptions): void;
}
