import { IdinitError } from "@idinit/core";
import { readSafetensors, safetensors, type TensorData, type TensorEntry } from "@idinit/core/formats";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

/** A file of this header and these bytes. */
function file(header: string | object, body = new Uint8Array(0)): Uint8Array {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + body.length);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 8);
  bytes.set(body, 8 + text.length);
  return bytes;
}

const entry = (data: TensorData): TensorEntry => ({ data, shape: [data.length] });
const arrays = fc.oneof(
  fc.array(fc.float()).map((values) => Float32Array.from(values)),
  fc.array(fc.double()).map((values) => Float64Array.from(values)),
  fc.array(fc.integer()).map((values) => Int32Array.from(values)),
  fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })).map((values) => BigInt64Array.from(values)),
  fc.array(fc.nat(255)).map((values) => Uint8Array.from(values)),
);
const names = fc.string({ unit: "grapheme", minLength: 1 }).filter((name) => name !== "__metadata__");

describe("readSafetensors", () => {
  test("gives back what was written", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(names, arrays)), fc.dictionary(names, fc.string()), (pairs, metadata) => {
        const tensors = new Map(pairs.map(([name, data]) => [name, entry(data)]));
        const read = readSafetensors(safetensors(tensors, metadata));
        expect(new Map([...read.tensors].sort())).toEqual(new Map([...tensors].sort()));
        expect({ ...read.metadata }).toEqual({ ...metadata });
      }),
    );
  });

  test("reads a file from the format's description, out of a larger buffer", () => {
    const header = {
      b: { dtype: "F32", shape: [1, 2], data_offsets: [0, 8] },
      a: { dtype: "U8", shape: [], data_offsets: [8, 9] },
    };
    const body = new Uint8Array(9);
    new DataView(body.buffer).setFloat32(4, -1.5, true);
    body[8] = 7;
    const whole = file(header, body);
    const larger = new Uint8Array(whole.length + 3);
    larger.set(whole, 3);
    const { tensors, metadata } = readSafetensors(larger.subarray(3));
    expect([...tensors]).toEqual([
      ["b", { data: Float32Array.of(0, -1.5), shape: [1, 2] }],
      ["a", { data: Uint8Array.of(7), shape: [] }],
    ]);
    expect(metadata).toEqual({});
  });

  const tensor = (more: object) => ({ t: { dtype: "F32", shape: [2], data_offsets: [0, 8], ...more } });
  test.each([
    ["too short", new Uint8Array(7), "a file has at least 8 bytes, got 7"],
    ["header beyond the end", file("{}").subarray(0, 9), "the header should end at byte 10, the file has 9"],
    ["no JSON", file("{"), "the header is no JSON"],
    ["no UTF-8", file("x").map((byte) => (byte === 120 ? 255 : byte)), "the header is no JSON"],
    ["no object", file("[]"), "the header is no JSON object"],
    ["metadata", file({ __metadata__: { a: 1 } }), "__metadata__ must be an object of strings"],
    ["no table", file({ t: 1 }), 'tensor "t": expected dtype, shape and data_offsets, got 1'],
    ["type", file(tensor({ dtype: "C64" })), 'tensor "t": dtype must be'],
    ["shape", file(tensor({ shape: [-2] })), 'tensor "t": shape must be an array of integers >= 0, got [-2]'],
    ["offsets", file(tensor({ data_offsets: [0] })), 'tensor "t": data_offsets must be two integers, got [0]'],
    ["size", file(tensor({ shape: [3] })), 'tensor "t": shape [3] of F32 needs 12 bytes, got 8'],
    [
      "gap",
      file(tensor({ data_offsets: [4, 12] }), new Uint8Array(12)),
      'tensor "t": its bytes should start at 0, got 4',
    ],
    ["cut", file(tensor({}), new Uint8Array(4)), 'tensor "t": its bytes end at 8, the file has 4'],
    ["rest", file(tensor({}), new Uint8Array(9)), "1 bytes belong to no tensor"],
  ])("rejects a file with wrong %s", (_title, bytes, message) => {
    expect(() => readSafetensors(bytes)).toThrow(IdinitError);
    expect(() => readSafetensors(bytes)).toThrow(message);
  });

  test("never fails in another way", () => {
    const good = safetensors(new Map([["w", entry(Float32Array.of(1, 2, 3))]]), { a: "b" });
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length), (at, byte, length) => {
        const bad = good.slice(0, Math.max(length, 8));
        if (at < bad.length) bad[at] = byte;
        try {
          readSafetensors(bad);
        } catch (error) {
          expect(error).toBeInstanceOf(IdinitError);
        }
      }),
    );
  });
});
