/** What is sent to a worker and back: plain data. */
import type { HalfArray } from "../formats/half.js";
import type { InitializerRecord } from "./initializerOf.js";
import type { Making, WeightDtype } from "./makePiece.js";
import type { Piece } from "./pieces.js";
import type { PlannedTensor } from "./weightPlan.js";

/** One piece to be made. */
export interface WorkerJob extends Making, Pick<Piece, "length" | "rows"> {
  readonly name: string;
  readonly initializer: InitializerRecord;
  readonly view: PlannedTensor["view"];
}

/** To the worker. `spare` is memory that it may use for the answer. */
export interface WorkerRequest {
  readonly id: number;
  readonly job: WorkerJob;
  readonly spare?: ArrayBuffer;
}

/** From the worker: the elements from the start of the buffer on, or why there are none. */
export type WorkerAnswer =
  | { readonly id: number; readonly buffer: ArrayBuffer }
  | { readonly id: number; readonly error: { readonly message: string; readonly badInput: boolean } };

/** The job that makes a piece. */
export function jobOf({ tensor, length, rows }: Piece, making: Making): WorkerJob {
  const { name, view, initializer } = tensor;
  const record = { name: initializer.name, params: initializer.params };
  return { name, view, initializer: record, length, ...making, ...(rows && { rows }) };
}

/** The elements in an answer. */
export function dataOf(buffer: ArrayBuffer, length: number, dtype: WeightDtype): Float32Array | HalfArray {
  return dtype === "float32"
    ? new Float32Array(buffer, 0, length)
    : { dtype, bits: new Uint16Array(buffer, 0, length) };
}
