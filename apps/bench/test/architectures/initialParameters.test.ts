import { describe, expect, it } from "vitest";
import {
  type Architecture,
  allconv,
  mlp,
  parameters,
  resConv,
  resMlp,
  resnet,
  transformer,
} from "../../src/architectures/index.js";
import { initialParameters } from "../../src/architectures/initialParameters.js";
import { startingParameters } from "../../src/architectures/startingParameters.js";

const image = { kind: "image", channels: 3, height: 16, width: 16 } as const;
const all: readonly Architecture[] = [
  resnet({ depth: 8, classes: 10, input: image, width: 4 }),
  resnet({ depth: 8, classes: 10, input: image, width: 4, shortcut: "projection" }),
  resnet({ depth: 8, classes: 10, input: image, width: 4, norm: "none" }),
  mlp({ features: 12, hidden: [9, 7], classes: 5, activation: "tanh" }),
  resMlp({ features: 12, width: 8, blocks: 2, classes: 5 }),
  resMlp({ features: 12, width: 8, blocks: 2, classes: 5, layersPerBlock: 1 }),
  allconv({ classes: 10, input: image, width: 4 }),
  resConv({ classes: 10, input: image, blocks: 2, width: 4 }),
  transformer({ classes: 6, length: 7, vocabulary: 20, width: 8, heads: 2 }),
];

/** Entries that are not 0, and the largest absolute value. */
function facts(values: Float32Array) {
  return {
    nonZero: values.filter((value) => value !== 0).length,
    largest: values.reduce((max, value) => Math.max(max, Math.abs(value)), 0),
  };
}

describe("initialParameters", () => {
  it.each(all)("idinit and kaiming set every kernel of $name", (architecture) => {
    for (const scheme of ["idinit", "kaiming"]) {
      const weights = initialParameters(architecture, scheme, 0);
      const start = startingParameters(architecture, 0);
      expect([...weights.keys()]).toEqual(parameters(architecture).map(({ name }) => name));
      for (const { name, shape, kind } of parameters(architecture)) {
        const values = weights.get(name)!;
        expect(values, name).toHaveLength(shape.reduce((a, b) => a * b, 1));
        expect(values.every(Number.isFinite), name).toBe(true);
        if (kind === "kernel") expect(values, `${scheme} ${name}`).not.toEqual(start.get(name));
      }
    }
  });

  it("idinit closes every branch and the head of a residual network, and nothing else", () => {
    const closed = (architecture: Architecture) =>
      parameters(architecture)
        .filter(({ kind }) => kind === "kernel")
        .filter(({ name }) => facts(initialParameters(architecture, "idinit", 0).get(name)!).largest < 1e-5)
        .map(({ name }) => name.replace(/\.weight$/, ""));
    expect(closed(all[0]!)).toEqual(["stage1.block1.conv2", "stage2.block1.conv2", "stage3.block1.conv2", "fc"]);
    expect(closed(all[3]!)).toEqual([]);
    expect(closed(all[4]!)).toEqual(["block1.fc2", "block2.fc2", "fc"]);
    expect(closed(all[8]!)).toEqual(["block1.attention.out", "block1.fc2", "block2.attention.out", "block2.fc2", "fc"]);
  });

  it("an identity has one entry in each row, a closed branch two", () => {
    const weights = initialParameters(all[0]!, "idinit", 0);
    expect(facts(weights.get("stage2.block1.conv1.weight")!).nonZero).toBe(8);
    expect(facts(weights.get("stage2.block1.conv2.weight")!).nonZero).toBe(16);
    expect(facts(weights.get("stem.weight")!).largest).toBeCloseTo(Math.SQRT2, 4);
  });

  it("the seed decides, and embeddings are left small and random", () => {
    const architecture = all[8]!;
    const weights = initialParameters(architecture, "kaiming", 0);
    expect(initialParameters(architecture, "kaiming", 0)).toEqual(weights);
    expect(initialParameters(architecture, "kaiming", 1).get("fc.weight")).not.toEqual(weights.get("fc.weight"));
    const { largest, nonZero } = facts(weights.get("position.weight")!);
    expect(nonZero).toBeGreaterThan(50);
    expect(largest).toBeLessThan(4);
  });

  it("refuses an unknown scheme", () => {
    expect(() => initialParameters(all[3]!, "magic", 0)).toThrow(/magic/);
  });
});
