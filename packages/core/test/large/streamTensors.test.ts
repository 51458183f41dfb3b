import { constant, IdinitError } from "@idinit/core";
import { bfloat16, float16 } from "@idinit/core/formats";
import { planList, type StreamOptions, streamTensors } from "@idinit/core/large";
import fc from "fast-check";
import { expect, test } from "vitest";
import { PLAN, whole } from "./memory.js";

async function collect(options: StreamOptions, plan = PLAN) {
  const pieces = [];
  for await (const piece of streamTensors(plan, options)) pieces.push(piece);
  return pieces;
}

test("whole tensors in the plan's order; what was handed out stays", async () => {
  const pieces = await collect({ seed: 4 });
  expect(pieces.map(({ tensor }) => tensor)).toEqual(PLAN);
  for (const { tensor, data, offset } of pieces) {
    expect(offset).toBe(0);
    expect(data).toEqual(whole(tensor, 4));
  }
});

test("in pieces of any size, the same bits", async () => {
  const expected = PLAN.map((tensor) => whole(tensor, 1));
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 4, max: 5000 }), async (chunkBytes) => {
      const joined = PLAN.map(({ shape }) => new Float32Array(shape.reduce((a: number, b: number) => a * b, 1)));
      const filled = PLAN.map(() => 0);
      for (const { tensor, data, offset } of await collect({ chunkBytes, seed: 1 })) {
        const index = PLAN.indexOf(tensor);
        expect(offset).toBe(filled[index]);
        joined[index]!.set(data as Float32Array, offset);
        filled[index]! += (data as Float32Array).length;
      }
      expect(joined).toEqual(expected);
    }),
    { numRuns: 30 },
  );
});

test("no piece is larger than asked for, but a row, and tensors that can't be cut", async () => {
  const pieces = await collect({ chunkBytes: 1024 });
  const larger = pieces.filter(({ data }) => (data as Float32Array).length > 256).map(({ tensor }) => tensor.name);
  expect(new Set(larger)).toEqual(new Set());
  const names = (await collect({ chunkBytes: 256 })).map(({ tensor }) => tensor.name);
  const count = (name: string) => names.filter((one) => one === name).length;
  // Rows not one behind the other; not made one by one; 16 values a row; 64 values a row; bias.
  expect(["out.weight", "mixing.weight", "qkv.weight", "down.weight", "up.bias"].map(count)).toEqual([1, 1, 12, 16, 1]);
  expect((await collect({ chunkBytes: 128 })).filter(({ tensor }) => tensor.name === "down.weight")).toHaveLength(16);
});

test.each([
  ["float16", float16],
  ["bfloat16", bfloat16],
] as const)("%s is what rounding the whole gives", async (dtype, round) => {
  for (const { tensor, data } of await collect({ dtype })) expect(data).toEqual(round(whole(tensor)));
});

test("a value that the type can't hold is an error that names the tensor", async () => {
  const plan = planList([{ name: "big", shape: [4], role: "bias" }], { initializers: { big: constant(1e5) } });
  await expect(collect({ dtype: "float16" }, plan)).rejects.toThrow(
    'tensor "big": float16: values must be finite and below 65520 in size, got 100000 at index 0',
  );
  await expect(collect({ dtype: "float16" }, plan)).rejects.toThrow(IdinitError);
});

test("a signal ends it with its reason; so does leaving the loop", async () => {
  const controller = new AbortController();
  const names: string[] = [];
  const run = async () => {
    for await (const { tensor } of streamTensors(PLAN, { signal: controller.signal })) {
      names.push(tensor.name);
      controller.abort(new Error("enough"));
    }
  };
  await expect(run()).rejects.toThrow("enough");
  expect(names).toEqual(["embedding"]);
  for await (const { tensor } of streamTensors(PLAN)) {
    names.push(tensor.name);
    break;
  }
  expect(names).toHaveLength(2);
});

test.each<[StreamOptions, string]>([
  [{ dtype: "float8" as never }, 'streamTensors: dtype must be one of float32, float16, bfloat16, got "float8"'],
  [{ seed: -1 }, "streamTensors: seed must be an integer in [0, 2^53), got -1"],
  [{ chunkBytes: 3 }, "streamTensors: chunkBytes must be a number >= 4, got 3"],
  [{ chunkBytes: Number.NaN }, "got NaN"],
])("%j is an error at once", (options, message) => {
  expect(() => streamTensors(PLAN, options)).toThrow(IdinitError);
  expect(() => streamTensors(PLAN, options)).toThrow(message);
});

test("so is a plan that is none", () => {
  const [tensor] = PLAN;
  expect(() => streamTensors([])).toThrow("streamTensors: the plan has no tensors");
  expect(() => streamTensors({} as never)).toThrow("streamTensors: plan must be an array of tensors");
  expect(() => streamTensors([tensor!, tensor!])).toThrow('two tensors are called "embedding"');
  expect(() => streamTensors([{ ...tensor!, shape: [3] }])).toThrow(
    'tensor "embedding" of shape [3] needs a view of as many elements, got [50, 16]',
  );
});
