import { IdinitError, normal } from "@idinit/core";
import {
  createPool,
  createServer,
  planList,
  streamTensors,
  type WorkerPool,
  writeSafetensors,
} from "@idinit/core/large";
import { workerPool } from "@idinit/core/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { WorkerRequest } from "../../src/large/job.js";
import { memory, PLAN, whole } from "./memory.js";
import { workerModule } from "./workerModule.js";

let module: Awaited<ReturnType<typeof workerModule>>;
beforeAll(async () => {
  module = await workerModule();
});
afterAll(() => module.remove());

/** Runs with threads that are ended in any case. */
async function withPool<T>(size: number, run: (pool: WorkerPool) => Promise<T>): Promise<T> {
  const pool = workerPool({ size, module: module.url });
  try {
    return await run(pool);
  } finally {
    await pool.close();
  }
}

describe("threads", () => {
  test.each(["float32", "float16", "bfloat16"] as const)("write the same %s files", async (dtype) => {
    const options = { dtype, chunkBytes: 700, shardBytes: 4800, seed: 6 };
    const alone = memory();
    await writeSafetensors(PLAN, alone.sink, options);
    // Twice with one pool: what it keeps between two files changes nothing.
    await withPool(3, async (pool) => {
      for (let round = 0; round < 2; round++) {
        const together = memory();
        await writeSafetensors(PLAN, together.sink, { ...options, pool });
        expect(together.events).toEqual(alone.events);
        for (const [name, bytes] of alone.files) expect(Buffer.compare(together.files.get(name)!, bytes)).toBe(0);
      }
    });
  });

  test("stream the same tensors, in order; what was handed out stays", async () => {
    const pieces = await withPool(2, async (pool) => {
      const all = [];
      for await (const piece of streamTensors(PLAN, { pool, seed: 1 })) all.push(piece);
      return all;
    });
    expect(pieces.map(({ tensor }) => tensor)).toEqual(PLAN);
    for (const { tensor, data } of pieces) expect(data).toEqual(whole(tensor, 1));
  });

  test("an error carries the tensor's name, and the pool goes on", async () => {
    const record = { name: "mimetic", params: { weight: "query", heads: 3, attention: "a" } };
    const bad = planList([
      { name: "good", shape: [8], role: "bias" },
      { name: "bad", shape: [16, 16], role: "hidden", initializer: record },
    ]);
    const large = planList([
      { name: "large", shape: [2], role: "bias", initializer: { name: "constant", params: { value: 1e5 } } },
    ]);
    await withPool(2, async (pool) => {
      const { sink, events } = memory();
      const run = writeSafetensors(bad, sink, { pool });
      await expect(run).rejects.toThrow('mimetic: heads must divide in = 16, got 3 (layer "bad")');
      await expect(run).rejects.toThrow(IdinitError);
      expect(events.at(-1)).toContain("abort: mimetic");
      await expect(writeSafetensors(large, sink, { pool, dtype: "float16" })).rejects.toThrow(
        'tensor "large": float16: ',
      );
      await writeSafetensors(PLAN, sink, { pool });
      expect(events.at(-1)).toBe("commit");
    });
  });

  test("a closed pool makes nothing, and closing ends what is under way", async () => {
    const pool = workerPool({ size: 1, module: module.url });
    const told = expect(streamTensors(PLAN, { pool }).next()).rejects.toThrow(
      `workerPool: tensor "embedding" can't be made: the pool is closed`,
    );
    await pool.close();
    await told;
    await expect(streamTensors(PLAN, { pool }).next()).rejects.toThrow("the pool is closed");
    await pool.close();
  });

  test("a thread that breaks down is an error with the tensor's name, not a wait without end", async () => {
    for (const [code, message] of [
      ["throw new Error('out of order')", "out of order"],
      ["process.exit(3)", "it ended with code 3"],
    ] as const) {
      const broken = workerPool({ size: 2, module: new URL(`data:text/javascript,${encodeURIComponent(code)}`) });
      await expect(streamTensors(PLAN, { pool: broken }).next()).rejects.toThrow(message);
      await broken.close();
    }
  });
});

/** A pool whose workers live here; `seen` counts jobs and the most that ran at once. */
function local(size: number) {
  const seen = { jobs: [] as string[], running: 0, most: 0, ended: 0 };
  const pool = createPool(size, ({ answer }) => {
    const serve = createServer();
    return {
      post(request: WorkerRequest) {
        seen.jobs.push(request.job.name);
        seen.most = Math.max(seen.most, ++seen.running);
        setTimeout(() => {
          seen.running--;
          answer(serve(request));
        });
      },
      end: () => seen.ended++,
    };
  });
  return { pool, seen };
}

describe("any platform's workers", () => {
  test("one job a worker, and no more pieces under way than workers and one", async () => {
    const { pool, seen } = local(2);
    const stream = streamTensors(PLAN, { pool, chunkBytes: 400 });
    await stream.next();
    expect(seen.jobs.length).toBeLessThanOrEqual(3);
    await stream.next();
    expect(seen.jobs.length).toBeLessThanOrEqual(4);
    await stream.return();
    expect(seen.running).toBe(0);
    for await (const _ of streamTensors(PLAN, { pool, chunkBytes: 400 }));
    expect(seen.most).toBe(2);
    await pool.close();
    expect(seen.ended).toBe(2);
  });

  test("an initializer of the caller's own is run here", async () => {
    const { pool, seen } = local(1);
    const own = { ...normal(), name: "own" };
    const plan = planList(
      [
        { name: "a", shape: [4, 4], role: "hidden" },
        { name: "b", shape: [4, 4], role: "hidden" },
      ],
      { initializers: { b: own } },
    );
    for await (const { tensor, data } of streamTensors(plan, { pool })) expect(data).toEqual(whole(tensor));
    expect(seen.jobs).toEqual(["a"]);
    await pool.close();
  });

  test.each([0, 1.5, Number.NaN])("size %d is an error", (size) => {
    expect(() => createPool(size, () => expect.fail())).toThrow(IdinitError);
    expect(() => workerPool({ size })).toThrow(`workerPool: size must be an integer >= 1, got ${size}`);
  });
});
