import { createStream } from "@idinit/core";
import { describe, expect, test } from "vitest";
import { orthonormalVectors } from "../../src/initializers/haar.js";
import { plainWorkspace } from "../../src/linear/workspace.js";
import { fillNormal } from "../../src/random/normal.js";

/** One reflection after the other, as the definition has it: vectors one after the other. */
function reference(count: number, length: number, seed: number): number[][] {
  const stream = createStream(seed, "q");
  const reflectors: number[][] = [];
  const signs: number[] = [];
  for (let k = 0; k < count; k++) {
    const x = [...fillNormal(stream, new Float64Array(length - k), { from: k * length })];
    const norm = Math.sqrt(x.reduce((sum, value) => sum + value * value, 0));
    signs.push(x[0]! < 0 ? 1 : -1);
    x[0] = x[0]! + (x[0]! < 0 ? -norm : norm);
    reflectors.push([...Array(k).fill(0), ...x]);
  }
  return signs.map((sign, r) => {
    let vector: number[] = Array.from({ length }, (_, i) => (i === r ? sign : 0));
    for (const v of [...reflectors].reverse()) {
      const factor = (2 * v.reduce((sum, a, i) => sum + a * vector[i]!, 0)) / v.reduce((sum, a) => sum + a * a, 0);
      vector = vector.map((value, i) => value - factor * v[i]!);
    }
    return vector;
  });
}

describe.each([
  [1, 1],
  [3, 5],
  [32, 32],
  [33, 33],
  [31, 80],
  [70, 101],
])("%d vectors of %d numbers", (count, length) => {
  const vectors = orthonormalVectors(createStream(3, "q"), count, length, 0);

  test("are the product of the reflections", () => {
    const expected = reference(count, length, 3).flat();
    expect(vectors).toHaveLength(expected.length);
    expected.forEach((value, i) => {
      expect(Math.abs(vectors[i]! - value), `element ${i}`).toBeLessThan(1e-13);
    });
  });

  test("have the same bits without WebAssembly", () => {
    const plain = orthonormalVectors(createStream(3, "q"), count, length, 0, plainWorkspace);
    expect(new BigInt64Array(plain.slice().buffer)).toEqual(new BigInt64Array(vectors.slice().buffer));
  });
});
