import { idi } from "@idinit/core";
import { describe, expect, it } from "vitest";
import { exampleBatch } from "../../src/architectures/exampleBatch.js";
import { type Architecture, mlp } from "../../src/architectures/index.js";
import { findEngine } from "../../src/engines/index.js";
import { special, usual } from "../architectures/networks.js";
import { drawnWeights } from "../drawnWeights.js";
import { type AgreementRow, agreement } from "./agreement.js";

const dense = mlp({ features: 12, hidden: 16, layers: 3, classes: 5, activation: "tanh" });
const architectures = [dense, usual.resnet, usual.transformer];

const drawn = (architecture: Architecture) => drawnWeights(architecture, 1);
const identity = (architecture: Architecture) => drawnWeights(architecture, 1, idi());

/** The rows of one engine; fails where a pair was skipped. */
function compared(rows: readonly AgreementRow[], engine: string) {
  return rows
    .filter((row) => row.engine === engine)
    .map((row) => {
      if ("skipped" in row) throw new Error(`${row.engine} skipped ${row.architecture}: ${row.skipped}`);
      return row;
    });
}

describe("agreement", () => {
  const names = ["onnxruntime-node", "onnxruntime-web", "tfjs-wasm"];

  it.each([
    ["random weights", drawn],
    ["identity weights", identity],
  ])("%s: equal first loss, and still close after ten steps, in every engine", async (_, weights) => {
    const rows = await agreement(architectures, names.map(findEngine), { weights, batch: 8 });
    expect(rows).toHaveLength(9);
    for (const engine of names) {
      for (const row of compared(rows, engine)) {
        expect(row.reference).toBe("onnxruntime-node");
        expect(row.firstDifference!, `${engine} ${row.architecture}`).toBeLessThan(1e-4);
        expect(row.lastDifference!, `${engine} ${row.architecture}`).toBeLessThan(1e-2);
        // Ten steps that change nothing would agree too.
        expect(row.lastLoss).not.toBe(row.firstLoss);
      }
    }
  });

  it("a large stem, padded pooling and projections compute and learn the same in every engine", async () => {
    // Its last norms see one pixel of each of eight images: at the usual rate rounding errors grow from step to step.
    const rows = await agreement([usual.imagenetResnet], names.map(findEngine), {
      weights: drawn,
      batch: 8,
      learningRate: 0.001,
    });
    for (const row of names.flatMap((engine) => compared(rows, engine))) {
      expect(row.firstDifference!, row.engine).toBeLessThan(1e-4);
      expect(row.lastDifference!, row.engine).toBeLessThan(1e-2);
      expect(row.lastLoss).not.toBe(row.firstLoss);
    }
  });

  it("multipliers, scalar biases and constant factors compute and learn the same in every engine", async () => {
    const engines = ["onnxruntime-node", "tfjs-wasm"];
    const rows = await agreement([special.fixup, special.fixupTransformer, special.deepnet], engines.map(findEngine), {
      weights: drawn,
      batch: 8,
      learningRate: 0.02,
      optimizer: { kind: "sgd", momentum: 0.9, weightDecay: 5e-4, scalarRate: 0.1 },
    });
    for (const row of compared(rows, "tfjs-wasm")) {
      expect(row.firstDifference!, row.architecture).toBeLessThan(1e-4);
      expect(row.lastDifference!, row.architecture).toBeLessThan(1e-2);
      expect(row.lastLoss).not.toBe(row.firstLoss);
    }
  });

  it.each(["onnxruntime-node", "tfjs-wasm"])(
    "%s: a rate of their own moves the scalars a tenth as far, and nothing else",
    async (name) => {
      const batch = exampleBatch(special.fixup, 8, 0);
      const before = drawn(special.fixup);
      const after = async (scalarRate: number) => {
        const optimizer = { kind: "sgd", momentum: 0.9, weightDecay: 5e-4, scalarRate } as const;
        const learner = await findEngine(name).create(special.fixup, before, { optimizer, batchSize: 8, threads: 1 });
        await learner.step(batch, 0.05);
        const weights = await learner.weights();
        await learner.dispose();
        return weights;
      };
      const [full, tenth] = [await after(1), await after(0.1)];
      for (const [parameter, values] of tenth) {
        const [start, other] = [before.get(parameter)!, full.get(parameter)!];
        const rate = values.length === 1 ? 0.1 : 1;
        values.forEach((value, i) => {
          expect(value - start[i]!, parameter).toBeCloseTo(rate * (other[i]! - start[i]!), 6);
        });
        if (values.length === 1) expect(other, parameter).not.toEqual(start);
      }
    },
  );

  it("brain.js computes the same outputs on dense nets", async () => {
    const rows = await agreement([dense], [findEngine("onnxruntime-node"), findEngine("brain")], {
      weights: drawn,
      batch: 4,
      optimizer: { kind: "sgd", momentum: 0, weightDecay: 0 },
      steps: 1,
    });
    const [row] = compared(rows, "brain");
    expect(row!.outputsDifference).toBeLessThan(1e-4);
    // It minimises the squared error: its losses are not comparable.
    expect(row!.firstDifference).toBeUndefined();
  });

  it("lists a pair that an engine cannot run with the reason", async () => {
    const rows = await agreement([architectures[1]!], [findEngine("brain")], { weights: drawn, steps: 1 });
    expect(rows).toEqual([
      {
        kind: "agreement",
        architecture: "resnet-8-w4",
        engine: "brain",
        skipped: expect.stringMatching(/dense networks/),
      },
    ]);
  });

  it("sees a difference where there is one", async () => {
    const engine = findEngine("onnxruntime-node");
    let calls = 0;
    const other = {
      ...engine,
      name: "onnxruntime-web" as const,
      create: (architecture: typeof dense, weights: ReadonlyMap<string, Float32Array>, options: never) => {
        calls++;
        const changed = new Map(weights);
        changed.set(
          "fc1.weight",
          weights.get("fc1.weight")!.map((value) => 1.1 * value),
        );
        return engine.create(architecture, changed, options);
      },
    };
    const rows = await agreement([dense], [engine, other], { weights: drawn, batch: 4, steps: 1 });
    expect(calls).toBe(1);
    expect(compared(rows, "onnxruntime-web")[0]!.firstDifference).toBeGreaterThan(1e-4);
  });
});
