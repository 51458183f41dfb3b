import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { IdinitError, idi, idiz } from "@idinit/core";
import { bfloat16, float16, type HalfArray, halfToFloat32 } from "@idinit/core/formats";
import { describe, expect, test } from "vitest";

const fixture = JSON.parse(readFileSync(new URL("../../fixtures/halves.json", import.meta.url), "utf8"));

const digest = (array: Uint16Array | Float32Array) =>
  createHash("sha256")
    .update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
    .digest("hex");
const floats = (words: Iterable<number>) => new Float32Array(Uint32Array.from(words).buffer);

/** Both signs of every finite number but the largest, the half-way point behind it, and the float32 before and after that. */
const turns = {
  float16: () => {
    const sizes = halfToFloat32({ dtype: "float16", bits: Uint16Array.from({ length: 0x7c00 }, (_, i) => i) });
    const middles = new Uint32Array(sizes.slice(1).map((size, i) => (size + sizes[i]!) / 2).buffer);
    const lower = new Uint32Array(sizes.buffer);
    return [...middles].flatMap((middle, i) => [lower[i]!, middle - 1, middle, middle + 1]);
  },
  bfloat16: () =>
    Array.from({ length: 0x7f7f }, (_, i) => i * 65536).flatMap((word) =>
      [0, 0x7fff, 0x8000, 0x8001].map((d) => word + d),
    ),
};

describe.each([
  ["float16", float16, 0x7c00, "numpy"],
  ["bfloat16", bfloat16, 0x7f80, "PyTorch"],
] as const)("%s", (dtype, round, infinity, reference) => {
  const expected = fixture[dtype];

  test(`rounds some numbers as ${reference} does`, () => {
    expect([...round(Float32Array.from(expected.values)).bits]).toEqual(expected.bits);
  });

  test(`rounds as ${reference} does wherever rounding can turn`, () => {
    const words = turns[dtype]();
    const values = floats([...words, ...words.map((word) => word + 0x80000000)]);
    expect(values).toHaveLength(expected.turns);
    expect(digest(round(values).bits)).toBe(expected.turnsDigest);
  });

  test(`rounds numbers of all sizes as ${reference} does`, () => {
    const all = floats(Array.from({ length: 100_000 }, (_, i) => Math.imul(i, 2654435761) >>> 0));
    const limit = dtype === "float16" ? 65520 : (2 - 2 ** -8) * 2 ** 127;
    const values = all.filter((value) => Math.abs(value) < limit);
    expect(values).toHaveLength(expected.spread);
    expect(digest(round(values).bits)).toBe(expected.spreadDigest);
  });

  test("comes back as the same float32, all of it, and the same bits from there", () => {
    const bits = Uint16Array.from({ length: 65536 }, (_, i) => i).filter((word) => (word & 0x7fff) <= infinity);
    expect(digest(halfToFloat32({ dtype, bits }))).toBe(fixture.widened[dtype]);
    const finite = bits.filter((word) => (word & 0x7fff) < infinity);
    expect(round(halfToFloat32({ dtype, bits: finite })).bits).toEqual(finite);
    expect(halfToFloat32({ dtype, bits: Uint16Array.of(infinity + 1) })[0]).toBeNaN();
  });

  test("fills an array of the caller's", () => {
    const bits = new Uint16Array(2);
    expect(round(Float32Array.of(1, -2), bits).bits).toBe(bits);
    expect([...bits]).not.toContain(0);
  });

  test.each([
    [Number.NaN, "got NaN at index 1"],
    [Number.POSITIVE_INFINITY, "got Infinity at index 1"],
    [-Number.MAX_VALUE, "got -Infinity at index 1"],
    [dtype === "float16" ? 65520 : 3.3961775e38, "must be finite and below"],
  ])("%d is an error", (value, message) => {
    expect(() => round(Float32Array.of(0, value))).toThrow(IdinitError);
    expect(() => round(Float32Array.of(0, value))).toThrow(message);
  });

  test("so are bits of another length and values of another type", () => {
    expect(() => round(new Float32Array(3), new Uint16Array(2))).toThrow(
      `${dtype}: bits must be a Uint16Array of 3 elements, got 2`,
    );
    expect(() => round([1] as never)).toThrow(`${dtype}: values must be a Float32Array, got [1]`);
  });
});

describe("what the documentation says of small numbers", () => {
  const sum = (half: HalfArray) => halfToFloat32(half).reduce((total, value) => total + value, 0);

  test("IDIZ: 1e-6 is 17 steps of float16 and next to itself in bfloat16; rows sum to 0", () => {
    const row = idiz().generate([1, 3]);
    expect([...float16(row).bits]).toEqual([17, 0x8011, 0]);
    expect(halfToFloat32(float16(row))[0]).toBe(17 * 2 ** -24);
    expect(halfToFloat32(bfloat16(row))[0]! / 1e-6).toBeCloseTo(0.998, 3);
    expect([sum(float16(row)), sum(bfloat16(row))]).toEqual([0, 0]);
  });

  test("IDI: the Loose noise is lost", () => {
    const values = idi().generate([64, 64], { key: "w" });
    expect(new Set(values).size).toBeGreaterThan(10);
    for (const half of [float16(values), bfloat16(values)])
      expect(new Set(halfToFloat32(half))).toEqual(new Set([0, 1]));
  });

  test("√2 is 1.4140625 in bfloat16", () => {
    expect([...halfToFloat32(bfloat16(Float32Array.of(Math.SQRT2)))]).toEqual([1.4140625]);
  });
});
