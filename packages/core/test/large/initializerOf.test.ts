import {
  glorotUniform,
  IdinitError,
  type Initializer,
  idi,
  idiz,
  mimetic,
  normal,
  SCHEME_NAMES,
  withAxes,
} from "@idinit/core";
import { initializerOf } from "@idinit/core/large";
import { describe, expect, test } from "vitest";
import { isReproducible, makesRowsAlone } from "../../src/large/initializerOf.js";
import { lastPartScaled } from "../../src/schemes/scaledParts.js";
import { whole } from "../../src/schemes/whole.js";
import { INITIALIZERS, KERNELS } from "../browser/initializers.js";

const json = (initializer: Initializer): Initializer => JSON.parse(JSON.stringify(initializer));
const bytes = (initializer: Initializer, shape: readonly number[]) =>
  new Uint8Array(initializer.generate(shape, where).buffer);
const where = { seed: 5, key: "w" };
/** More elements than memory holds. */
const VAST = [2 ** 33, 8];

test("every initializer comes back from JSON, with the same bits", () => {
  for (const { initializer, shape } of INITIALIZERS) {
    const again = initializerOf(json(initializer));
    expect(again.params).toEqual(initializer.params);
    expect(Buffer.compare(bytes(again, shape), bytes(initializer, shape))).toBe(0);
    expect(isReproducible(initializer)).toBe(true);
  }
});

test("so do those with axes, with a scaled part and blind to parts", () => {
  const blind = whole(glorotUniform());
  const parts = { ...where, parts: 3 };
  expect(initializerOf(json(blind)).generate([9, 4], parts)).toEqual(blind.generate([9, 4], where));
  const packed = lastPartScaled(normal({ std: 0.02 }), 0.25);
  const options = { ...where, parts: 3, rows: [4, 3] } as const;
  expect(initializerOf(json(packed)).generate([9, 4], options)).toEqual(packed.generate([9, 4], options));
  const heads = withAxes(idi(), { in: 0, out: [1, 2] });
  expect(initializerOf(json(heads)).generate([4, 3, 2], where)).toEqual(heads.generate([4, 3, 2], where));
});

test("parameters left out have their defaults", () => {
  expect(initializerOf({ name: "idiz" })).toEqual({
    ...idiz(),
    generate: expect.anything(),
    generateInto: expect.anything(),
  });
});

test("a range of rows of a tensor that no memory holds: by those alone that say they make it alone", () => {
  const alone = KERNELS.filter(makesRowsAlone);
  expect(alone.length).toBeGreaterThan(15);
  for (const initializer of KERNELS) {
    const make = () => initializer.generate(VAST, { ...where, rows: [2 ** 32, 2] });
    if (alone.includes(initializer)) expect(make()).toHaveLength(16);
    else expect(make).toThrow();
  }
  expect(makesRowsAlone(withAxes(normal(), { in: 0, out: 1 }))).toBe(false);
  expect(makesRowsAlone(mimetic({ heads: 1, attention: "a" }).query)).toBe(false);
});

test("one of the caller's own is not taken for one of core's", () => {
  const own = { ...normal(), params: { mean: 0, std: 1, skew: 2 } };
  expect(isReproducible(own)).toBe(false);
  expect(isReproducible({ ...normal(), name: "cauchy" })).toBe(false);
  expect(isReproducible({ ...normal(), name: "toString" })).toBe(false);
  expect(isReproducible({ ...normal(), params: { mean: 0, std: -1 } })).toBe(false);
  expect(makesRowsAlone(own)).toBe(false);
});

describe("errors", () => {
  test.each([
    [
      { name: "cauchy" },
      'initializerOf: name must be one of constant, deltaOrthogonal, glorotNormal, .*, got "cauchy"',
    ],
    [{ name: "__proto__" }, 'got "__proto__"'],
    [{ name: SCHEME_NAMES[0]! }, 'got "idinit"'],
    [{ name: "normal", params: { sdt: 1 } }, 'normal: option must be one of mean, std, got "sdt"'],
    [{ name: "normal", params: { std: -1 } }, "normal: std must be"],
    [{ name: "mimetic", params: { weight: "qeury", heads: 1, attention: "a" } }, "mimetic has no parameter"],
  ])("%j", (record, message) => {
    expect(() => initializerOf(record)).toThrow(IdinitError);
    expect(() => initializerOf(record)).toThrow(new RegExp(message));
  });
});
