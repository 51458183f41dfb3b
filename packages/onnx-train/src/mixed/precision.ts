/** The option `precision`: what it may be, and what its defaults are. */
import { checkNames } from "../checks.js";
import { OnnxTrainError } from "../errors.js";

/** `"mixed"`: products of matrices and convolutions in float16, everything else in float32. */
export type Precision = "float32" | "mixed";

/** How the loss is scaled in mixed precision. */
export interface LossScaleOptions {
  /** By what the loss is multiplied at first, in [1, 2^64]. Default 2^16. */
  readonly start?: number | undefined;
  /** After so many steps in a row that were not skipped the scale is doubled, 1 to 2^24. Default 2000. */
  readonly growthInterval?: number | undefined;
}

export interface PrecisionOptions {
  /**
   * `"mixed"`: Conv, ConvTranspose, MatMul and Gemm compute in float16, forwards and backwards, where a sum is known to have at most
   * 2048 terms; weights, optimizer, norms, softmax, loss and all else stay in float32. The loss is scaled; a step whose gradients
   * are not finite is skipped. Default `"float32"`.
   */
  readonly precision?: Precision | undefined;
  /** Needs `precision: "mixed"`. */
  readonly lossScale?: LossScaleOptions | undefined;
}

/** Scales beyond are of no use, and their reciprocals would come near to the end of float32. */
export const LARGEST_SCALE = 2 ** 64;

/** The settings of loss scaling, or `undefined` in float32. @throws OnnxTrainError for values that make no sense. */
export function lossScaleOf({ precision = "float32", lossScale }: PrecisionOptions) {
  if (precision !== "float32" && precision !== "mixed")
    throw new OnnxTrainError(`precision must be "float32" or "mixed", got ${JSON.stringify(precision)}`);
  if (precision === "float32") {
    if (lossScale !== undefined) throw new OnnxTrainError('lossScale needs precision "mixed"');
    return undefined;
  }
  checkNames("lossScale", lossScale ?? {}, ["start", "growthInterval"]);
  const { start = 2 ** 16, growthInterval = 2000 } = lossScale ?? {};
  if (!(typeof start === "number" && start >= 1 && start <= LARGEST_SCALE))
    throw new OnnxTrainError(`lossScale: start must be in [1, 2^64], got ${start}`);
  // The graph counts in float32.
  if (!Number.isSafeInteger(growthInterval) || growthInterval < 1 || growthInterval > 2 ** 24)
    throw new OnnxTrainError(`lossScale: growthInterval must be a whole number from 1 to 2^24, got ${growthInterval}`);
  return { start, growthInterval };
}
