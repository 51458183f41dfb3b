import { IdinitError } from "@idinit/core";
import { type LsuvOptions, lsuv } from "@idinit/core/graph";
import { describe, expect, test } from "vitest";
import { Build } from "./graph/build.js";

const SIZES = [6, 20, 30, 4];

function network() {
  const b = new Build();
  let x = b.input();
  for (const [i, out] of SIZES.slice(1).entries()) {
    const y = b.dense(x, `fc${i}`, [out, SIZES[i]!]);
    x = i < 2 ? b.act(y) : y;
  }
  return b.graph(x);
}

const batch = Array.from({ length: 40 }, (_, n) => Array.from({ length: 6 }, (_, i) => 3 * Math.sin(n * (i + 2)) + 1));

/** Outputs of each layer before its non-linearity. */
function outputs(weights: ReadonlyMap<string, Float32Array>): number[][][] {
  let x = batch;
  return SIZES.slice(1).map((out, layer) => {
    const w = weights.get(`fc${layer}.w`)!;
    const y = x.map((row) =>
      Array.from({ length: out }, (_, m) => row.reduce((sum, v, j) => sum + v * w[m * row.length + j]!, 0)),
    );
    x = y.map((row) => row.map((v) => Math.max(v, 0)));
    return y;
  });
}

const layerOf = (parameter: string) => Number(/\d/.exec(parameter)![0]);
const forward: LsuvOptions["forward"] = (weights, { parameter }) => outputs(weights)[layerOf(parameter)]!.flat();

function variance(values: readonly number[]): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}

describe("lsuv", () => {
  test("the variance of every layer's output is 1, in forward order", async () => {
    const { weights, layers } = await lsuv(network(), { forward, seed: 2, tolerance: 1e-3 });
    expect(layers.map(({ parameter }) => parameter)).toEqual(["fc0.w", "fc1.w", "fc2.w"]);
    for (const [i, values] of outputs(weights).entries()) {
      expect(Math.abs(variance(values.flat()) - 1)).toBeLessThan(1e-3);
      expect(layers[i]).toMatchObject({ converged: true, tries: 1 });
      expect(layers[i]!.variance).toBeCloseTo(variance(values.flat()), 6);
    }
    expect(Math.max(...weights.get("fc1.b")!)).toBe(0);
  });

  test("the weights stay orthogonal", async () => {
    const { weights } = await lsuv(network(), { forward });
    const w = weights.get("fc0.w")!;
    const column = (j: number) => Array.from({ length: 20 }, (_, m) => w[m * 6 + j]!);
    const dot = (i: number, j: number) => column(i).reduce((sum, value, m) => sum + value * column(j)[m]!, 0);
    expect(Math.abs(dot(0, 3) / dot(0, 0))).toBeLessThan(1e-5);
    expect(dot(4, 4) / dot(0, 0)).toBeCloseTo(1, 5);
  });

  test("a layer within the tolerance is left alone, and forward may be asynchronous", async () => {
    const plain = await lsuv(network(), { forward: async () => [-1, 1, -1.02, 0.98] });
    expect(plain.layers.map(({ tries }) => tries)).toEqual([0, 0, 0]);
  });

  test("gives up after maxTries, and says so", async () => {
    const { layers } = await lsuv(network(), { forward: () => [-2, 2], maxTries: 3 });
    expect(layers[0]).toEqual({ parameter: "fc0.w", variance: 4, tries: 3, converged: false });
  });

  test("another scheme, and an initializer by hand that is left", async () => {
    const present = new Map(["fc0.w", "fc1.w", "fc2.w"].map((name) => [name, new Float32Array(1)]));
    const { layers } = await lsuv(network(), {
      forward: () => [-1, 1],
      scheme: "kaiming",
      initializers: { "fc1.w": "leave" },
      present,
    });
    expect(layers.map(({ parameter }) => parameter)).toEqual(["fc0.w", "fc2.w"]);
  });

  test.each<[Partial<LsuvOptions>, string]>([
    [
      { forward: () => [1, 1, 1] },
      'the output of layer "fc0.w" needs a finite variance above 0 to be scaled by, got 0 over 3 values',
    ],
    [{ forward: () => [] }, "got NaN over 0 values"],
    [{ forward: () => [1, Number.NaN] }, "got NaN over 2 values"],
    [{ tolerance: 0 }, "lsuv: tolerance must be"],
    [{ maxTries: 0 }, "lsuv: maxTries must be an integer >= 1, got 0"],
  ])("%j is an error", async (options, message) => {
    const call = lsuv(network(), { forward, ...options });
    await expect(call).rejects.toThrow(IdinitError);
    await expect(call).rejects.toThrow(message);
  });
});
