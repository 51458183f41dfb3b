import { describe, expect, it } from "vitest";
import { type Architecture, parameters, partsFor } from "../../src/architectures/index.js";
import { initialParameters, lackOf } from "../../src/architectures/initialParameters.js";
import { startingParameters } from "../../src/architectures/startingParameters.js";
import { networks, smallResnet, smallTransformer, usual } from "./networks.js";

/** Entries that are not 0, and the largest absolute value. */
function facts(values: Float32Array) {
  return {
    nonZero: values.filter((value) => value !== 0).length,
    largest: values.reduce((max, value) => Math.max(max, Math.abs(value)), 0),
  };
}

describe("initialParameters", () => {
  it.each(networks)("idinit and kaiming set every kernel of $name", (architecture) => {
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
    expect(closed(usual.resnet)).toEqual(["stage1.block1.conv2", "stage2.block1.conv2", "stage3.block1.conv2", "fc"]);
    expect(closed(usual.mlp)).toEqual([]);
    expect(closed(usual.resMlp)).toEqual(["block1.fc2", "block2.fc2", "fc"]);
    expect(closed(usual.transformer)).toEqual([
      "block1.attention.out",
      "block1.fc2",
      "block2.attention.out",
      "block2.fc2",
      "fc",
    ]);
  });

  it("an identity has one entry in each row, a closed branch two", () => {
    const weights = initialParameters(usual.resnet, "idinit", 0);
    expect(facts(weights.get("stage2.block1.conv1.weight")!).nonZero).toBe(8);
    expect(facts(weights.get("stage2.block1.conv2.weight")!).nonZero).toBe(16);
    expect(facts(weights.get("stem.weight")!).largest).toBeCloseTo(Math.SQRT2, 4);
  });

  it("the seed decides, and embeddings are left small and random", () => {
    const architecture = usual.transformer;
    const weights = initialParameters(architecture, "kaiming", 0);
    expect(initialParameters(architecture, "kaiming", 0)).toEqual(weights);
    expect(initialParameters(architecture, "kaiming", 1).get("fc.weight")).not.toEqual(weights.get("fc.weight"));
    const { largest, nonZero } = facts(weights.get("position.weight")!);
    expect(nonZero).toBeGreaterThan(50);
    expect(largest).toBeLessThan(4);
  });

  it.each([
    ["fixup", { norm: "none", multipliers: true, biases: "scalar" }],
    ["skipinit", { norm: "none", multipliers: true }],
    ["rezero", { multipliers: true }],
    ["t-fixup", { norm: "none" }],
    ["deepnet", { norm: "post", alpha: true }],
    ["gpt2", {}],
    ["idinit", {}],
  ] as const)("%s gets the parts that it needs, and starts", (scheme, parts) => {
    expect(partsFor(scheme)).toEqual(parts);
    const architecture = smallTransformer(partsFor(scheme));
    expect(lackOf(architecture, scheme)).toBeUndefined();
    expect(initialParameters(architecture, scheme, 0).size).toBe(parameters(architecture).length);
    const needy = Object.keys(parts).length > 0;
    expect(lackOf(usual.transformer, scheme) === undefined).toBe(!needy);
    expect(architecture.name === usual.transformer.name).toBe(!needy);
  });

  it.each(["skipinit", "rezero", "fixup"] as const)("%s sets the multipliers of a ResNet", (scheme) => {
    const { norm, multipliers = false, biases = "usual" } = partsFor(scheme);
    const architecture = smallResnet({ norm: norm === "none" ? norm : "usual", multipliers, biases });
    expect(lackOf(architecture, scheme)).toBeUndefined();
    const weights = initialParameters(architecture, scheme, 0);
    const found = [...weights].filter(([name]) => name.endsWith("multiplier.weight"));
    expect(found.map(([, values]) => values[0])).toEqual(new Array(3).fill(scheme === "fixup" ? 1 : 0));
    const shifts = [...weights].filter(([name]) => name.endsWith("shift.bias"));
    // Six convs, seven ReLUs and the head; none before the stem.
    expect(shifts.map(([, values]) => values[0])).toEqual(new Array(scheme === "fixup" ? 14 : 0).fill(0));
  });

  it("says what a network without branches lacks", () => {
    expect(lackOf(usual.mlp, "rezero")).toMatch(/rezero needs residual branches/);
    expect(lackOf(usual.mlp, "kaiming")).toBeUndefined();
  });

  it("refuses an unknown scheme", () => {
    expect(() => initialParameters(usual.mlp, "magic", 0)).toThrow(/magic/);
  });
});
