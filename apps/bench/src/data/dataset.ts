/** What a data set is once it is in memory: raw values and labels, train and test apart. */

/** Images as bytes, channels first, row by row. */
export interface ImageExamples {
  readonly kind: "image";
  /** `[channels, height, width]`. */
  readonly shape: readonly [number, number, number];
  /** `count · channels · height · width` bytes. */
  readonly values: Uint8Array;
  /** One class index an example. */
  readonly labels: Uint8Array;
}

/** Token ids, padded with 0 to one length. */
export interface TokenExamples {
  readonly kind: "tokens";
  readonly length: number;
  /** `count · length` ids. */
  readonly values: Int32Array;
  readonly labels: Uint8Array;
}

export type Examples = ImageExamples | TokenExamples;

export interface Dataset {
  /** Such as `"cifar-10"` or `"shapes"`. */
  readonly name: string;
  /** `"embedded"`, or the files it was read from, and whatever a reader of the results must know. */
  readonly origin: string;
  readonly classes: readonly string[];
  readonly train: Examples;
  readonly test: Examples;
  /** Number of token ids; only for text. */
  readonly vocabulary?: number;
}

/** Number of examples. */
export function countOf(examples: Examples): number {
  return examples.labels.length;
}

/** Values one example has. */
export function sizeOf(examples: Examples): number {
  return examples.kind === "tokens" ? examples.length : examples.shape[0] * examples.shape[1] * examples.shape[2];
}

/** Examples `from` (inclusive) to `to` (exclusive), without copying. */
export function slice<T extends Examples>(examples: T, from: number, to: number): T {
  const size = sizeOf(examples);
  return {
    ...examples,
    values: examples.values.subarray(from * size, to * size),
    labels: examples.labels.subarray(from, to),
  };
}
