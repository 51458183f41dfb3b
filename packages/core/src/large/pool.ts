/** A pool of workers, whatever the platform's workers are. */
import { IdinitError, show } from "../errors.js";
import type { WorkerAnswer, WorkerJob, WorkerRequest } from "./job.js";

/** Makes pieces of tensors in workers; one job a worker at a time, the others wait. */
export interface WorkerPool {
  /** Number of workers. */
  readonly size: number;
  /** The bytes of a piece. For {@link streamTensors}; `spare` is memory to use for the answer, which is given away. */
  run(job: WorkerJob, spare?: ArrayBuffer): Promise<ArrayBuffer>;
  /** Ends the workers. Jobs that are not done are errors. */
  close(): Promise<void>;
}

/** One worker, as the pool uses it. */
export interface WorkerHandle {
  /** Sends a request; `transfer` is given away. */
  post(request: WorkerRequest, transfer: readonly ArrayBuffer[]): void;
  /** Stops the worker. */
  end(): unknown;
}

/** What a worker reports. */
export interface WorkerEvents {
  /** It has done a job, or failed at it. */
  answer(answer: WorkerAnswer): void;
  /** It has broken down and will not answer any more. */
  broken(reason: string): void;
}

interface Task {
  readonly job: WorkerJob;
  readonly spare: ArrayBuffer | undefined;
  readonly resolve: (buffer: ArrayBuffer) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A pool of workers that `spawn` starts. `workerPool` of `@idinit/core/node` and `@idinit/core/web` know how.
 *
 * A job that fails rejects with its own error, and the worker goes on. A worker that breaks down ends the pool.
 *
 * @throws {IdinitError} for a size that is not an integer >= 1.
 */
export function createPool(size: number, spawn: (events: WorkerEvents) => WorkerHandle): WorkerPool {
  if (!Number.isInteger(size) || size < 1) {
    throw new IdinitError(`workerPool: size must be an integer >= 1, got ${show(size)}`);
  }
  if (typeof spawn !== "function") throw new IdinitError(`workerPool: spawn must be a function, got ${show(spawn)}`);
  const idle: number[] = [];
  const waiting: Task[] = [];
  const running = new Map<number, Task>();
  const workers: WorkerHandle[] = [];
  let ended: string | undefined;

  function feed(): void {
    while (ended === undefined && idle.length > 0 && waiting.length > 0) {
      const id = idle.pop()!;
      const task = waiting.shift()!;
      running.set(id, task);
      const { job, spare } = task;
      workers[id]!.post({ id, job, ...(spare && { spare }) }, spare ? [spare] : []);
    }
  }

  async function end(reason: string): Promise<void> {
    if (ended !== undefined) return;
    ended = reason;
    for (const { job, reject } of [...running.values(), ...waiting]) reject(failure(reason, job));
    running.clear();
    waiting.length = 0;
    await Promise.all(workers.map((worker) => worker.end()));
  }

  for (let id = 0; id < size; id++) {
    workers.push(
      spawn({
        answer(answer) {
          const task = running.get(id);
          if (task === undefined) return;
          running.delete(id);
          idle.push(id);
          if ("buffer" in answer) task.resolve(answer.buffer);
          else task.reject(carried(answer.error, task.job));
          feed();
        },
        broken(reason) {
          const job = running.get(id)?.job;
          void end(`a worker broke down${job ? ` making tensor ${show(job.name)}` : ""}: ${reason}`);
        },
      }),
    );
    idle.push(id);
  }

  return {
    size,
    run: (job, spare) =>
      new Promise((resolve, reject) => {
        if (ended !== undefined) return reject(failure(ended, job));
        waiting.push({ job, spare, resolve, reject });
        feed();
      }),
    close: () => end("the pool is closed"),
  };
}

function failure(reason: string, { name }: WorkerJob): IdinitError {
  return new IdinitError(`workerPool: tensor ${show(name)} can't be made: ${reason}`);
}

/** A worker's error as one of this side's, with the tensor's name. */
function carried({ message, badInput }: { message: string; badInput: boolean }, { name }: WorkerJob): Error {
  const text = message.includes(show(name)) ? message : `tensor ${show(name)}: ${message}`;
  return badInput ? new IdinitError(text) : new Error(text);
}
