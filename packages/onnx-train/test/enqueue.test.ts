/** Steps whose results are read later. */
import { describe, expect, it } from "vitest";
import { sgd } from "../src/index.js";
import { batch, create, rows } from "./support/trainers.js";

const more = { optimizer: sgd({ lr: 0.1, momentum: 0.9 }), clipNorm: 0.5 };

describe("enqueued steps", () => {
  it("tell what steps tell, in their order and once", async () => {
    const [now, later] = [await create("mlp", more), await create("mlp", more)];
    const batches = [batch(0), [rows(1, 0, 4), rows(1, 4, 9)], batch(2)];
    const expected = [];
    for (const [i, given] of batches.entries()) expected.push(await now.step(given, { lr: 0.1 / (i + 1) }));
    expect(await later.results()).toEqual([]);
    for (const [i, given] of batches.entries()) {
      expect(await later.enqueue(given, { lr: 0.1 / (i + 1) })).toBeUndefined();
    }
    expect(await later.results()).toEqual(expected);
    expect(expected[0]!.gradientNorm).toBeGreaterThan(0);
    expect(await later.results()).toEqual([]);
    expect(await later.checkpoint()).toEqual(await now.checkpoint());
    await now.dispose();
    await later.dispose();
  });

  it("leave out the steps between them that told at once or never, and one that failed", async () => {
    const [all, some] = [await create("mlp"), await create("mlp")];
    const losses = [];
    for (let step = 0; step < 4; step++) losses.push((await all.step(batch(step))).loss);
    await some.enqueue(batch(0));
    expect((await some.step(batch(1))).loss).toBe(losses[1]);
    await some.advance(batch(2));
    await expect(some.enqueue({ input: batch(3).input })).rejects.toThrow('"target" is missing');
    await some.enqueue(batch(3));
    expect((await some.results()).map(({ loss }) => loss)).toEqual([losses[0], losses[3]]);
    await some.enqueue(batch(0));
    await some.dispose();
    await expect(some.results()).rejects.toThrow("disposed");
    await all.dispose();
  });
});
