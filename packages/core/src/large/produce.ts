/** Makes pieces in order, here or in workers. */
import type { HalfArray } from "../formats/half.js";
import { isReproducible } from "./initializerOf.js";
import { dataOf, jobOf } from "./job.js";
import { type Buffers, fresh, type Making, makePiece, reused } from "./makePiece.js";
import type { Piece } from "./pieces.js";
import type { WorkerPool } from "./pool.js";

/** The part of an `AbortSignal` that is used; the language's own types leave it out. */
export interface Cancel {
  /** Throws the reason if it is aborted. */
  throwIfAborted(): void;
}

/** Who makes the pieces and when to stop. */
export interface Production {
  readonly pool?: WorkerPool;
  readonly signal?: Cancel;
}

interface Made extends Piece {
  readonly data: Float32Array | HalfArray;
}

/**
 * With workers, as many pieces as there are workers and one are under way.
 *
 * @param keep Whether what is handed out stays as it is. If not, it does up to the step after the next.
 */
export async function* produce(
  pieces: readonly Piece[],
  making: Making,
  { pool, signal }: Production,
  keep: boolean,
): AsyncGenerator<Made, void, undefined> {
  const here = keep ? fresh : reused(making.dtype);
  if (pool !== undefined) return yield* inWorkers(pieces, making, pool, signal, keep, here);
  for (const piece of pieces) {
    signal?.throwIfAborted();
    yield { ...piece, data: makePiece(piece, making, here) };
  }
}

async function* inWorkers(
  pieces: readonly Piece[],
  making: Making,
  pool: WorkerPool,
  signal: Cancel | undefined,
  keep: boolean,
  here: Buffers,
): AsyncGenerator<Made, void, undefined> {
  const spare: ArrayBuffer[] = [];
  const underWay: Promise<ArrayBuffer | undefined>[] = [];
  let started = 0;
  let last: ArrayBuffer | undefined;
  try {
    for (const piece of pieces) {
      while (started < pieces.length && underWay.length <= pool.size) {
        const next = pieces[started++]!;
        const task = isReproducible(next.tensor.initializer)
          ? pool.run(jobOf(next, making), spare.pop())
          : Promise.resolve(undefined);
        // Its failure is told when its turn comes.
        task.catch(() => {});
        underWay.push(task);
      }
      signal?.throwIfAborted();
      const buffer = await underWay.shift()!;
      // The caller's own initializers can't be sent to a worker.
      const data = buffer === undefined ? makePiece(piece, making, here) : dataOf(buffer, piece.length, making.dtype);
      yield { ...piece, data };
      if (!keep && last !== undefined) spare.push(last);
      last = buffer;
    }
  } finally {
    await Promise.allSettled(underWay);
  }
}
