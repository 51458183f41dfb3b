import { bfloat16, float16, IdinitError, safetensors, safetensorsChunks, type TensorEntry } from "@idinit/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

interface Info {
  readonly dtype: string;
  readonly shape: number[];
  readonly data_offsets: [number, number];
}

const WIDTH: Record<string, number> = { F32: 4, F64: 8, F16: 2, BF16: 2, I32: 4, I64: 8, U8: 1 };

/** A reader written from the format's description, with all the checks that it asks of readers. */
function parse(file: Uint8Array) {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const length = Number(view.getBigUint64(0, true));
  expect(length).toBeLessThanOrEqual(100_000_000);
  expect(length % 8).toBe(0);
  const json = new TextDecoder("utf-8", { fatal: true }).decode(file.subarray(8, 8 + length));
  expect(json.startsWith("{")).toBe(true);
  const { __metadata__: metadata, ...header } = JSON.parse(json) as Record<string, Info> & { __metadata__?: unknown };
  const data = file.subarray(8 + length);
  let end = 0;
  for (const info of Object.values(header).sort(
    (a, b) => a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1],
  )) {
    // No holes, no overlap, sizes that fit, each tensor aligned to its element.
    expect(info.data_offsets[0]).toBe(end);
    const size = info.shape.reduce((product, dimension) => product * dimension, 1);
    end = info.data_offsets[1];
    expect(end - info.data_offsets[0]).toBe(size * WIDTH[info.dtype]!);
    expect(info.data_offsets[0] % WIDTH[info.dtype]!).toBe(0);
  }
  expect(end).toBe(data.length);
  return { metadata, header, bytesOf: (name: string) => data.slice(...header[name]!.data_offsets) };
}

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
      const file = parse(safetensors(tensors, { note: "é\u2028" }));
      expect(file.metadata).toEqual({ note: "é\u2028" });
      expect(Object.keys(file.header).sort()).toEqual([...tensors.keys()].sort());
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
