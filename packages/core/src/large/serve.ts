/** The worker's side of the pool. */
import { IdinitError } from "../errors.js";
import { initializerOf } from "./initializerOf.js";
import type { WorkerAnswer, WorkerRequest } from "./job.js";
import { type Buffers, makePiece } from "./makePiece.js";

/** Answers requests; the buffer of an answer is to be handed over and not copied. */
export function createServer(): (request: WorkerRequest) => WorkerAnswer {
  let scratch = new Float32Array(0);
  return ({ id, job, spare }) => {
    const { name, initializer: record, view, length, rows, seed, dtype } = job;
    let buffer = new ArrayBuffer(0);
    const answer = (bytes: number) => {
      buffer = spare !== undefined && spare.byteLength >= bytes ? spare : new ArrayBuffer(bytes);
      return buffer;
    };
    const buffers: Buffers = {
      floats(count) {
        if (dtype === "float32") return new Float32Array(answer(4 * count), 0, count);
        if (scratch.length < count) scratch = new Float32Array(count);
        return scratch.subarray(0, count);
      },
      bits: (count) => new Uint16Array(answer(2 * count), 0, count),
    };
    try {
      const tensor = { name, initializer: initializerOf(record), view };
      makePiece({ tensor, length, ...(rows && { rows }) }, { seed, dtype }, buffers);
      return { id, buffer };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { id, error: { message, badInput: error instanceof IdinitError } };
    }
  };
}
