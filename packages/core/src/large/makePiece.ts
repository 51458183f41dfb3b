/** Makes one piece of a tensor, in the element type asked for. */
import { IdinitError, show } from "../errors.js";
import { bfloat16, float16, type HalfArray } from "../formats/half.js";
import type { Piece } from "./pieces.js";
import type { PlannedTensor } from "./weightPlan.js";

/** Element types that weights can be written in. float32 is what is made, the others are rounded from it. */
export const DTYPES = ["float32", "float16", "bfloat16"] as const;

/** Element type of written weights. float32 is what is made, the others are rounded from it. */
export type WeightDtype = (typeof DTYPES)[number];

/** What of a plan is not in its tensors. */
export interface Making {
  readonly seed: number;
  readonly dtype: WeightDtype;
}

/** Where the numbers go. */
export interface Buffers {
  floats(length: number): Float32Array;
  bits(length: number): Uint16Array;
}

/** A new array each time. */
export const fresh: Buffers = {
  floats: (length) => new Float32Array(length),
  bits: (length) => new Uint16Array(length),
};

/**
 * Two memories in turn for what is handed out, each as large as its largest piece: what was made last but one is overwritten. The
 * float32 that other types are rounded from have one.
 */
export function reused(dtype: WeightDtype): Buffers {
  const memories = [new ArrayBuffer(0), new ArrayBuffer(0), new ArrayBuffer(0)];
  let turn = 0;
  const take = (index: number, bytes: number) => {
    if (memories[index]!.byteLength < bytes) memories[index] = new ArrayBuffer(bytes);
    return memories[index]!;
  };
  const takeInTurn = (bytes: number) => {
    turn = 1 - turn;
    return take(turn, bytes);
  };
  return {
    floats: (length) => new Float32Array(dtype === "float32" ? takeInTurn(4 * length) : take(2, 4 * length), 0, length),
    bits: (length) => new Uint16Array(takeInTurn(2 * length), 0, length),
  };
}

/** What of a piece its values depend on. */
export interface MakeablePiece extends Pick<Piece, "length" | "rows"> {
  readonly tensor: Pick<PlannedTensor, "name" | "initializer" | "view">;
}

/** @throws {IdinitError} that names the tensor: for what its initializer refuses, and values that the type can't hold. */
export function makePiece(
  { tensor, length, rows }: MakeablePiece,
  { seed, dtype }: Making,
  buffers: Buffers,
): Float32Array | HalfArray {
  const { name, initializer, view } = tensor;
  const { shape, ...how } = view;
  const values = buffers.floats(length);
  initializer.generateInto(values, shape, { ...how, seed, key: name, ...(rows && { rows }) });
  if (dtype === "float32") return values;
  try {
    return (dtype === "float16" ? float16 : bfloat16)(values, buffers.bits(length));
  } catch (error) {
    throw new IdinitError(`tensor ${show(name)}: ${(error as Error).message}`, { cause: error });
  }
}
