import { constant, IdinitError } from "@idinit/core";
import { bfloat16, float16, safetensors } from "@idinit/core/formats";
import { planList, type WriteSafetensorsOptions, writeSafetensors } from "@idinit/core/large";
import { describe, expect, test } from "vitest";
import { parse } from "../formats/parse.js";
import { memory, PLAN, whole } from "./memory.js";

const bytesOf = (array: Float32Array | Uint16Array) =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength).slice();

describe("one file", () => {
  test("is the one that safetensors makes of the tensors, without an index", async () => {
    const { sink, files, events } = memory();
    const written = await writeSafetensors(PLAN, sink, { seed: 2, chunkBytes: 500 });
    const tensors = new Map(PLAN.map((tensor) => [tensor.name, { data: whole(tensor, 2), shape: tensor.shape }]));
    const expected = safetensors(tensors, { format: "pt" });
    expect(files.get("model.safetensors")).toEqual(expected);
    expect(written).toEqual({
      files: ["model.safetensors"],
      tensorBytes: [...tensors.values()].reduce((total, { data }) => total + data.byteLength, 0),
    });
    expect(events).toEqual([
      `prepare ${expected.length}`,
      "open model.safetensors",
      "close model.safetensors",
      "commit",
    ]);
  });

  test.each([
    ["float16", float16, "F16"],
    ["bfloat16", bfloat16, "BF16"],
  ] as const)("in %s", async (dtype, round, type) => {
    const { sink, files } = memory();
    await writeSafetensors(PLAN, sink, { dtype, chunkBytes: 300, metadata: {} });
    const file = parse(files.get("model.safetensors")!);
    expect(file.metadata).toBeUndefined();
    for (const tensor of PLAN) {
      expect(file.header[tensor.name]).toMatchObject({ dtype: type, shape: tensor.shape });
      expect(file.bytesOf(tensor.name)).toEqual(bytesOf(round(whole(tensor)).bits));
    }
  });
});

test("shards: numbered files no larger than asked for, every tensor in one, and the index that tells which", async () => {
  const { sink, files, events } = memory();
  const shardBytes = 4800;
  const written = await writeSafetensors(PLAN, sink, { shardBytes, name: "net" });
  expect(written.files).toEqual([...files.keys()]);
  expect(written.files.length).toBeGreaterThan(3);
  const shards = written.files.slice(0, -1);
  shards.forEach((name, i) => {
    expect(name).toBe(`net-0000${i + 1}-of-0000${shards.length}.safetensors`);
  });
  expect(written.files.at(-1)).toBe("net.safetensors.index.json");
  const total = [...files.values()].reduce((sum, { length }) => sum + length, 0);
  expect(events[0]).toBe(`prepare ${total}`);
  expect(events.at(-1)).toBe("commit");

  const text = new TextDecoder().decode(files.get("net.safetensors.index.json"));
  const index = JSON.parse(text);
  expect(Object.keys(index)).toEqual(["metadata", "weight_map"]);
  expect(index.metadata).toEqual({ total_size: written.tensorBytes });
  expect(Object.keys(index.weight_map)).toEqual(PLAN.map(({ name }) => name).sort());
  const seen: string[] = [];
  for (const shard of shards) {
    const { header, bytesOf: stored, metadata } = parse(files.get(shard)!);
    expect(metadata).toEqual({ format: "pt" });
    const names = Object.keys(header);
    seen.push(...names);
    for (const name of names) {
      expect(index.weight_map[name]).toBe(shard);
      expect(stored(name)).toEqual(bytesOf(whole(PLAN.find((tensor) => tensor.name === name)!)));
    }
    const size = Object.values(header).reduce((sum, { data_offsets: [a, b] }) => sum + b - a, 0);
    expect(size).toBeLessThanOrEqual(shardBytes);
  }
  expect(seen).toEqual(PLAN.map(({ name }) => name));
});

test("a tensor larger than a shard has a file of its own, as the Hugging Face libraries have it", async () => {
  const { sink, files } = memory();
  const sizes = { a: 2, b: 2, large: 9, c: 2, vast: 30, huge: 10, d: 4 };
  const plan = planList(Object.entries(sizes).map(([name, size]) => ({ name, shape: [size], role: "bias" })));
  const written = await writeSafetensors(plan, sink, { shardBytes: 16, metadata: {} });
  const shards = written.files.slice(0, -1).map((file) => Object.keys(parse(files.get(file)!).header));
  expect(shards).toEqual([["a", "b"], ["large"], ["c"], ["vast"], ["huge"], ["d"]]);
  const index = JSON.parse(new TextDecoder().decode(files.get(written.files.at(-1)!)));
  expect(index.weight_map.vast).toBe("model-00004-of-00006.safetensors");

  const alone = memory();
  const { files: one } = await writeSafetensors(plan.slice(2, 3), alone.sink, { shardBytes: 1 });
  expect(one).toEqual(["model.safetensors"]);
});

test("names of any kind stand in the index", async () => {
  const names = ["2", "1", "__proto__", 'é "\\\u2028', "a.b"];
  const plan = planList(names.map((name) => ({ name, shape: [4], role: "bias" })));
  const { sink, files } = memory();
  await writeSafetensors(plan, sink, { shardBytes: 16 });
  const text = new TextDecoder("ascii").decode(files.get("model.safetensors.index.json"));
  expect(new Map(Object.entries(JSON.parse(text).weight_map)).size).toBe(names.length);
  for (const name of names.slice(0, 3)) expect(text).toContain(`    ${JSON.stringify(name)}: "model-0000`);
  expect(JSON.parse(text).weight_map[names[3]!]).toBe("model-00004-of-00005.safetensors");
});

describe("what fails", () => {
  const big = planList(
    [
      { name: "a", shape: [4], role: "bias" },
      { name: "b", shape: [8], role: "bias" },
    ],
    {
      initializers: { b: constant(1e5) },
    },
  );

  test.each<[WriteSafetensorsOptions, string]>([
    [{ shardBytes: 0 }, "writeSafetensors: shardBytes must be a number > 0, got 0"],
    [{ shardBytes: Number.NaN }, "got NaN"],
    [{ name: "../model" }, 'writeSafetensors: name must be letters, digits and "_.-", got "../model"'],
    [{ name: "" }, 'got ""'],
    [{ metadata: { epochs: 3 as never } }, "safetensors: metadata must be strings"],
    [{ dtype: "int8" as never }, "writeSafetensors: dtype must be one of"],
    [{ seed: 0.5 }, "writeSafetensors: seed must be"],
  ])("%j: before the sink is touched", async (options, message) => {
    const { sink, events } = memory();
    await expect(writeSafetensors(PLAN, sink, options)).rejects.toThrow(IdinitError);
    await expect(writeSafetensors(PLAN, sink, options)).rejects.toThrow(message);
    expect(events).toEqual([]);
  });

  test("a reserved name, before the sink is touched", async () => {
    const { sink, events } = memory();
    const plan = planList([{ name: "__metadata__", shape: [4], role: "bias" }]);
    await expect(writeSafetensors(plan, sink)).rejects.toThrow("the name is reserved by the format");
    expect(events).toEqual([]);
  });

  test.each([1, 2, 5])("write %i of the sink: it is told to drop everything", async (failAt) => {
    const { sink, events } = memory(failAt);
    await expect(writeSafetensors(PLAN, sink, { shardBytes: 4800 })).rejects.toThrow("the disk is full");
    expect(events.at(-1)).toBe("abort: the disk is full");
    expect(events).not.toContain("commit");
  });

  test("the sink's prepare, open and commit", async () => {
    for (const step of ["prepare", "open", "commit"] as const) {
      const { sink, events } = memory();
      const broken = {
        ...sink,
        [step]: () => {
          throw new Error(`${step} failed`);
        },
      };
      await expect(writeSafetensors(PLAN, broken)).rejects.toThrow(`${step} failed`);
      expect(events.at(-1)).toBe(`abort: ${step} failed`);
    }
  });

  test("dropping, too: the first failure is told", async () => {
    const { sink } = memory(2);
    const abort = () => {
      throw new Error("can't remove");
    };
    await expect(writeSafetensors(PLAN, { ...sink, abort })).rejects.toThrow("the disk is full");
  });

  test("a value that the type can't hold, after the first tensor was written", async () => {
    const { sink, events } = memory();
    await expect(writeSafetensors(big, sink, { dtype: "float16" })).rejects.toThrow(
      'tensor "b": float16: values must be',
    );
    expect(events.at(-1)).toContain('abort: tensor "b"');
  });

  test("a signal", async () => {
    const { sink, events, files } = memory();
    const signal = AbortSignal.abort(new Error("stop"));
    await expect(writeSafetensors(PLAN, sink, { signal })).rejects.toThrow("stop");
    expect(events.at(-1)).toBe("abort: stop");
    expect(files.size).toBe(0);
  });

  test("a sink without prepare, commit and abort", async () => {
    const { sink } = memory(1);
    await expect(writeSafetensors(PLAN, { open: sink.open })).rejects.toThrow("the disk is full");
  });
});
