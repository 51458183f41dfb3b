/** The tensors of a plan one after the other: never more of them at a time than one, or than the workers make. */
import { checkObject, IdinitError, show } from "../errors.js";
import type { HalfArray } from "../formats/half.js";
import { DTYPES, type WeightDtype } from "./makePiece.js";
import { piecesOf } from "./pieces.js";
import type { WorkerPool } from "./pool.js";
import { type Cancel, produce } from "./produce.js";
import { checkPlan, type PlannedTensor, type WeightPlan } from "./weightPlan.js";

/** Options of {@link streamTensors}. */
export interface StreamOptions {
  /** Seed of the random streams, an integer in [0, 2^53). Default 0. */
  readonly seed?: number;
  /** Element type. Default `"float32"`; the others are rounded from it, see `float16` and `bfloat16`. */
  readonly dtype?: WeightDtype;
  /**
   * Most bytes, counted as float32, of what is made at once. A larger tensor comes in several pieces, if its rows are stored one behind the
   * other and its initializer makes them one by one (all but orthogonal ones, sparse, stft and mimetic). Default: whole tensors.
   */
  readonly chunkBytes?: number;
  /** Workers that make tensors in parallel; the bits are the same. Default: none. */
  readonly pool?: WorkerPool;
  /** Ends the work with the signal's reason. */
  readonly signal?: Cancel;
}

/** A tensor of the plan, or a part of it. */
export interface TensorPiece {
  readonly tensor: PlannedTensor;
  /** Elements in stored order. */
  readonly data: Float32Array | HalfArray;
  /** Index of the first of them in the tensor. */
  readonly offset: number;
}

/**
 * Makes the tensors of a plan in its order, each when it is asked for. The same bits as `initialize` and `initialWeights` give, whatever
 * the chunks and workers. What has been handed out is the caller's.
 *
 * @throws {IdinitError} for options out of range; while iterating, for what an initializer refuses and for values that the type can't
 * hold, naming the tensor.
 * @example for await (const { tensor, data } of streamTensors(plan, { seed: 1 })) console.log(tensor.name, data)
 */
export function streamTensors(
  plan: WeightPlan,
  options: StreamOptions = {},
): AsyncGenerator<TensorPiece, void, undefined> {
  const { making, chunkBytes } = checkStream("streamTensors", plan, options);
  return produce(piecesOf(plan, chunkBytes), making, options, true);
}

/** Fills in and checks the options that all ways out of a plan share. */
export function checkStream(who: string, plan: WeightPlan, options: StreamOptions) {
  checkObject(who, "options", options);
  const { seed = 0, dtype = "float32", chunkBytes = Number.POSITIVE_INFINITY } = options;
  checkPlan(who, plan);
  if (!DTYPES.includes(dtype)) {
    throw new IdinitError(`${who}: dtype must be one of ${DTYPES.join(", ")}, got ${show(dtype)}`);
  }
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new IdinitError(`${who}: seed must be an integer in [0, 2^53), got ${show(seed)}`);
  }
  if (typeof chunkBytes !== "number" || !(chunkBytes >= 4)) {
    throw new IdinitError(`${who}: chunkBytes must be a number >= 4, got ${show(chunkBytes)}`);
  }
  return { making: { seed, dtype }, chunkBytes };
}
