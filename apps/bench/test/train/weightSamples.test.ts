import { describe, expect, it } from "vitest";
import { mlp } from "../../src/architectures/index.js";
import { initialParameters } from "../../src/architectures/initialParameters.js";
import { weightSamples } from "../../src/train/weightSamples.js";

describe("weightSamples", () => {
  const network = mlp({ features: 60, hidden: [10, 10], classes: 4, activation: "none" });
  const samples = weightSamples(network, initialParameters(network, "idinit", 0), "r", "before");

  it("take the first kernel, the one in the middle and the last before the head", () => {
    expect(samples.map(({ name, shape }) => [name, shape])).toEqual([
      ["fc1.weight", [10, 60]],
      ["fc2.weight", [10, 10]],
    ]);
    expect(samples[0]!.sample).toMatchObject({ rows: 10, columns: 48 });
  });

  it("count shares of the whole kernel: zeros in the middle, ones beyond the limit", () => {
    const { shares } = samples[1]!.histogram!;
    expect(shares).toHaveLength(51);
    expect(shares[25]).toBe(0.9);
    expect(shares[50]).toBe(0.1);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
  });
});
