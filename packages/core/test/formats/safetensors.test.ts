import { IdinitError } from "@idinit/core";
import {
  bfloat16,
  float16,
  readSafetensors,
  safetensors,
  safetensorsChunks,
  type TensorEntry,
} from "@idinit/core/formats";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "./parse.js";

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => (a < b ? -1 : 1);

test("golden bytes: header padded with spaces to a multiple of 8, then the values", () => {
  const file = safetensors(new Map([["w", { data: Float32Array.of(1, -2), shape: [2, 1] }]]));
  const json = '{"w":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}}';
  expect(json).toHaveLength(56);
  expect([...file]).toEqual([56, 0, 0, 0, 0, 0, 0, 0, ...new TextEncoder().encode(json), 0, 0, 128, 63, 0, 0, 0, 192]);
});

test("any tensors come back, whatever their names, types and order", () => {
  const entry = fc.oneof(
    fc.float32Array({ maxLength: 9 }).map((data): TensorEntry => ({ data, shape: [data.length] })),
    fc.float64Array({ maxLength: 9 }).map((data): TensorEntry => ({ data, shape: [1, data.length] })),
    fc.int32Array({ maxLength: 9 }).map((data): TensorEntry => ({ data, shape: [data.length, 1] })),
    fc.bigInt64Array({ maxLength: 9 }).map((data): TensorEntry => ({ data, shape: [data.length] })),
    fc
      .float32Array({ maxLength: 9, min: -9, max: 9, noNaN: true })
      .map((data): TensorEntry => ({ data: float16(data), shape: [data.length] })),
    fc
      .float32Array({ maxLength: 9, min: -9, max: 9, noNaN: true })
      .map((data): TensorEntry => ({ data: bfloat16(data), shape: [data.length, 1] })),
    fc.uint8Array({ maxLength: 9 }).map((data): TensorEntry => ({ data, shape: [data.length] })),
    fc.constant<TensorEntry>({ data: Float32Array.of(7), shape: [] }),
  );
  const name = fc.string({ unit: "grapheme" }).filter((text) => text !== "__metadata__" && text !== "__proto__");
  fc.assert(
    fc.property(fc.array(fc.tuple(name, entry), { maxLength: 8 }), (entries) => {
      const tensors = new Map(entries);
      const bytes = safetensors(tensors, { note: "é\u2028" });
      const file = parse(bytes);
      expect(file.metadata).toEqual({ note: "é\u2028" });
      expect(Object.keys(file.header).sort()).toEqual([...tensors.keys()].sort());
      const read = readSafetensors(bytes);
      expect(read.metadata).toEqual(file.metadata);
      expect(new Map([...read.tensors].sort(byName))).toEqual(new Map([...tensors].sort(byName)));
      for (const [key, { data, shape }] of tensors) {
        expect(file.header[key]!.shape).toEqual(shape);
        const { buffer, byteOffset, byteLength } = "bits" in data ? data.bits : data;
        expect(file.bytesOf(key)).toEqual(new Uint8Array(buffer, byteOffset, byteLength).slice());
      }
    }),
  );
});

test("an empty map is a valid file", () => {
  expect(parse(safetensors(new Map())).header).toEqual({});
});

test.each([
  [float16, "F16", [0x00, 0x3c, 0x00, 0xc0]],
  [bfloat16, "BF16", [0x80, 0x3f, 0x00, 0xc0]],
] as const)("16 bits: %s is %s", (round, dtype, bytes) => {
  const file = parse(safetensors(new Map([["w", { data: round(Float32Array.of(1, -2)), shape: [2] }]])));
  expect(file.header.w!.dtype).toBe(dtype);
  expect([...file.bytesOf("w")]).toEqual(bytes);
});

describe("in pieces", () => {
  test("header first, then views of each tensor", () => {
    const a = Float32Array.of(1, 2);
    const pieces = [...safetensorsChunks(new Map([["a", { data: a, shape: [2] }]]))];
    expect(pieces).toHaveLength(2);
    expect(pieces[1]!.buffer).toBe(a.buffer);
  });

  test("a late bad tensor is an error before the first piece", () => {
    const tensors = new Map<string, TensorEntry>([
      ["good", { data: new Float32Array(2), shape: [2] }],
      ["bad", { data: new Float32Array(2), shape: [3] }],
    ]);
    expect(() => safetensorsChunks(tensors).next()).toThrow(
      'safetensors: tensor "bad": shape [3] needs 3 values, got 2',
    );
  });
});

test.each<[string, unknown, Record<string, unknown>]>([
  ["__metadata__", { data: new Float32Array(1), shape: [1] }, {}],
  ["w", { data: [1], shape: [1] }, {}],
  ["w", { data: new Float32Array(1), shape: [-1] }, {}],
  ["w", { data: new Float32Array(1), shape: [1] }, { epochs: 3 }],
])("%s: %j with metadata %j is an error", (name, entry, metadata) => {
  const write = () => safetensors(new Map([[name, entry as TensorEntry]]), metadata as Record<string, string>);
  expect(write).toThrow(IdinitError);
});
