import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bfloat16, float16, npy } from "@idinit/core/formats";
import { describe, expect, test } from "vitest";

const text = (bytes: Uint8Array) => String.fromCharCode(...bytes);

/** Python with numpy, if this machine has one. */
const python = ["/usr/bin/python3", "python3"].find(
  (path) => spawnSync(path, ["-c", "import numpy"], { stdio: "ignore" }).status === 0,
);

describe("bytes", () => {
  test("header and data of a float32 matrix, as numpy.save writes them", () => {
    const file = npy(Float32Array.of(1, 2, 3, -1, 0.5, 0), [2, 3]);
    expect([...file.slice(0, 10)]).toEqual([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0]);
    const dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";
    expect(text(file.slice(10, 128))).toBe(`${dictionary.padEnd(117)}\n`);
    expect([...file.slice(128, 136)]).toEqual([0, 0, 0x80, 0x3f, 0, 0, 0, 0x40]);
    expect(file).toHaveLength(128 + 24);
  });

  test.each([
    [[], "()"],
    [[1], "(1,)"],
    [[1, 1, 1], "(1, 1, 1)"],
  ])("shape %j is written %s", (shape, tuple) => {
    const file = npy(Float32Array.of(1), shape);
    expect(text(file.slice(10, 128))).toContain(`'shape': ${tuple}, }`);
  });

  test("data start at a multiple of 64 whatever the header's length", () => {
    for (let rank = 0; rank < 30; rank++) {
      const file = npy(Float32Array.of(1), Array(rank).fill(1));
      expect((file.length - 4) % 64).toBe(0);
      expect(file[file.length - 5]).toBe(10);
      expect(10 + file[8]! + 256 * file[9]!).toBe(file.length - 4);
    }
  });
});

test.skipIf(python === undefined)("numpy reads every type and shape (skipped without numpy)", () => {
  const folder = mkdtempSync(join(tmpdir(), "idinit-npy-"));
  try {
    const backing = Float32Array.of(9, 1.5, -2, 3);
    const arrays = {
      f2: npy(float16(Float32Array.of(1.5, -2, 1e-6)), [3]),
      f4: npy(backing.subarray(1), [3, 1]),
      f8: npy(Float64Array.of(Math.PI), []),
      i4: npy(Int32Array.of(-1, 2 ** 30), [2]),
      i8: npy(BigInt64Array.of(-(2n ** 40n), 5n), [1, 2]),
      u1: npy(Uint8Array.of(255), [1]),
      empty: npy(new Float32Array(0), [0, 4]),
    };
    for (const [name, bytes] of Object.entries(arrays)) writeFileSync(join(folder, `${name}.npy`), bytes);
    const script = `import numpy, json, sys
print(json.dumps({n: [str(a.dtype), list(a.shape), a.tolist()] for n in sys.argv[2:] for a in [numpy.load(f"{sys.argv[1]}/{n}.npy")]}))`;
    const run = spawnSync(python!, ["-c", script, folder, ...Object.keys(arrays)], { encoding: "utf8" });
    expect(JSON.parse(run.stdout)).toEqual({
      f2: ["float16", [3], [1.5, -2, 17 * 2 ** -24]],
      f4: ["float32", [3, 1], [[1.5], [-2], [3]]],
      f8: ["float64", [], Math.PI],
      i4: ["int32", [2], [-1, 2 ** 30]],
      i8: ["int64", [1, 2], [[-(2 ** 40), 5]]],
      u1: ["uint8", [1], [255]],
      empty: ["float32", [0, 4], []],
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.each([
  [() => npy(new Float32Array(3), [2]), "npy: shape [2] needs 2 values, got 3"],
  [() => npy(new Float32Array(3), [1.5, 2]), "npy: shape must be an array of integers >= 0, got [1.5, 2]"],
  [() => npy(new Float32Array(3), [Number.NaN]), "npy: shape must be an array of integers >= 0, got [NaN]"],
  [() => npy(bfloat16(new Float32Array(2)), [2]), "npy: NumPy has no bfloat16"],
  [() => npy(float16(new Float32Array(3)), [2]), "npy: shape [2] needs 2 values, got 3"],
  [() => npy([1, 2] as never, [2]), "npy: data must be a Float32Array, Float64Array"],
])("%s is an error", (make, message) => {
  expect(make).toThrow(message);
});
