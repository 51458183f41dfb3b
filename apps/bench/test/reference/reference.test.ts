import { createStream, fillNormal } from "@idinit/core";
import { describe, expect, it } from "vitest";
import { type Architecture, allconv, mlp, resMlp, transformer } from "../../src/architectures/index.js";
import { startingParameters } from "../../src/architectures/startingParameters.js";
import { forward } from "../../src/reference/forward.js";
import { pullBack } from "../../src/reference/pullBack.js";

/** Random parameters of a size that keeps signals alive. */
function weightsOf(architecture: Architecture): Map<string, Float32Array> {
  return new Map(
    [...startingParameters(architecture, 1)].map(([name, values]) => [
      name,
      fillNormal(createStream(5, name), new Float32Array(values.length), { std: 0.4 }),
    ]),
  );
}

const draw = (length: number) => fillNormal(createStream(7, "input"), new Float64Array(length));

describe("forward", () => {
  it("convolves as the definition says, at the border too", () => {
    const architecture = allconv({ classes: 2, width: 2, input: { kind: "image", channels: 3, height: 6, width: 5 } });
    const weights = weightsOf(architecture);
    const input = draw(2 * 90);
    const values = forward(architecture, weights, input, 2);
    const [kernel, bias] = [weights.get("conv1.weight")!, weights.get("conv1.bias")!];
    const pixel = (n: number, c: number, y: number, x: number) =>
      y < 0 || x < 0 || y > 5 || x > 4 ? 0 : input[((n * 3 + c) * 6 + y) * 5 + x]!;
    for (const [n, m, y, x] of [
      [0, 0, 0, 0],
      [1, 1, 5, 4],
      [0, 1, 3, 2],
      [1, 0, 0, 4],
    ] as const) {
      let sum: number = bias[m]!;
      for (let c = 0; c < 3; c++)
        for (let v = 0; v < 3; v++)
          for (let u = 0; u < 3; u++) sum += kernel[((m * 3 + c) * 3 + v) * 3 + u]! * pixel(n, c, y + v - 1, x + u - 1);
      expect(values.get("conv1")![((n * 2 + m) * 6 + y) * 5 + x]).toBeCloseTo(sum, 12);
    }
    // Strides 2, 2: 6×5 to 3×3 to 2×2.
    expect(values.get("conv3")).toHaveLength(2 * 2 * 9);
    expect(values.get(architecture.output)).toHaveLength(2 * 2);
  });

  it("names the layer that it does not know", () => {
    const architecture = transformer({ classes: 2, length: 3, vocabulary: 4, layers: 1, heads: 1, width: 4 });
    expect(() => forward(architecture, weightsOf(architecture), new Float64Array(3), 1)).toThrow(
      /layer "embedding": the reference pass knows dense, .*got embedding/,
    );
  });

  it("names the parameter that is missing", () => {
    const architecture = mlp({ features: 2, hidden: 3, classes: 2 });
    expect(() => forward(architecture, new Map(), draw(2), 1)).toThrow(
      'layer "fc1": expected a parameter "fc1.weight"',
    );
  });
});

describe("pullBack", () => {
  it.each([
    ["plain, tanh", mlp({ features: 4, hidden: [5, 6], classes: 3, activation: "tanh" })],
    ["residual, relu", resMlp({ features: 4, width: 5, blocks: 3, layersPerBlock: 1, classes: 3 })],
    ["residual, two layers", resMlp({ features: 4, width: 4, blocks: 2, layersPerBlock: 2, classes: 3 })],
  ])("gives the Jacobian that finite differences give (%s)", (_, architecture) => {
    const weights = weightsOf(architecture);
    const input = draw(4);
    const at = (x: Float64Array) => forward(architecture, weights, x, 1).get(architecture.output)!;
    const rows = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
    const values = forward(architecture, weights, input, 1);
    const jacobian = pullBack(architecture, weights, values, rows, { output: architecture.output, from: "input" });
    const step = 1e-6;
    for (let j = 0; j < 4; j++) {
      const [up, down] = [step, -step].map((h) => at(input.map((value, i) => value + (i === j ? h : 0))));
      for (let m = 0; m < 3; m++) {
        expect(jacobian[m * 4 + j]).toBeCloseTo((up![m]! - down![m]!) / (2 * step), 6);
      }
    }
  });
});
