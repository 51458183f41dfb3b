/** Mixed precision, what is built: which products are in float16, what is rounded, what the graph computes of a step. */
import { float16, halfToFloat32 } from "@idinit/core/formats";
import { DataType, decodeModel, encodeModel, GraphBuilder, getInt } from "@idinit/onnx";
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { adagrad, adam, adamw, buildTrainingModel, createTrainer, sgd, type TrainerOptions } from "../src/index.js";
import { TrainingGraph } from "../src/training-graph.js";
import { modelBytes, relativeError } from "./support/fixtures.js";
import { roundingOrt } from "./support/float16.js";
import { mixed } from "./support/mixed.js";

const PRODUCTS = new Set(["Conv", "ConvTranspose", "Gemm", "MatMul"]);

/** Operators of a graph, and of how many products the inputs are float16. */
function look(bytes: Uint8Array) {
  const { nodes } = decodeModel(bytes).graph;
  const casts = nodes.filter((node) => node.opType === "Cast" && getInt(node, "to") === DataType.float16);
  const products = nodes.filter(({ opType }) => PRODUCTS.has(opType));
  const half = products.filter(({ inputs }) => inputs.every((name) => name === "" || name.startsWith("mixed/")));
  return { nodes, casts: casts.map(({ inputs }) => inputs[0]!), products: products.length, half: half.length };
}

const loss = "softmax-cross-entropy";

describe("the graph", () => {
  it.each(["mlp", "resnet", "transformer"])("of %s has its products in float16, and each value cast once", (model) => {
    const batchSize = { mlp: 9, resnet: 6 }[model] ?? 5;
    const { bytes } = buildTrainingModel(modelBytes(model), { loss, precision: "mixed", batchSize });
    const { nodes, casts, products, half } = look(bytes);
    expect(half).toBe(products);
    expect(products).toBeGreaterThan(6);
    expect(new Set(casts).size).toBe(casts.length);
    const read = new Set(nodes.flatMap(({ inputs }) => inputs));
    const outputs = decodeModel(bytes).graph.outputs.map(({ name }) => name);
    for (const node of nodes) expect(node.outputs.some((name) => read.has(name) || outputs.includes(name))).toBe(true);
  });

  it("leaves sums that are long, or of unknown length, in float32", () => {
    const product = (depth: number | string) => {
      const g = new GraphBuilder({ opset: 17 });
      const w = g.initializer("w", [3, 4], new Float32Array(12));
      const [y] = g.node("MatMul", [g.input("x", "float32", [depth, 3]), w], {}, { outputs: ["y"] });
      g.output(y!, "float32", [depth, 4]);
      return look(buildTrainingModel(encodeModel(g.build()), { loss: "mse", precision: "mixed" }).bytes);
    };
    // Forwards sums over 3; the gradient by the weights sums over the batch.
    expect(product(2048)).toMatchObject({ products: 2, half: 2 });
    expect(product(2049)).toMatchObject({ products: 2, half: 1 });
    expect(product("batch")).toMatchObject({ products: 2, half: 1 });
  });

  it("is the same as ever in float32", () => {
    const options = { loss, optimizer: adamw(), clipNorm: 1, emaDecay: 0.9 } as const;
    const plain = buildTrainingModel(modelBytes("resnet"), options);
    expect(buildTrainingModel(modelBytes("resnet"), { ...options, precision: "float32" })).toEqual(plain);
    expect(look(plain.bytes)).toMatchObject({ casts: [], half: 0 });
    expect(plain.info.state.filter(({ kind }) => kind === "scaling")).toEqual([]);
    expect(plain.info.scaling).toBeUndefined();
  });

  it("rounds what goes in and what comes out, and nothing else", async () => {
    const x = Float32Array.from({ length: 6 }, (_, i) => Math.sin(i + 1));
    const w = Float32Array.from({ length: 12 }, (_, i) => Math.cos(3 * i));
    const g = new GraphBuilder({ opset: 17 });
    g.output(g.node("MatMul", [g.input("x", "float32", [2, 3]), g.initializer("w", [3, 4], w)]), "float32", [2, 4]);
    const trainer = await createTrainer(encodeModel(g.build()), {
      ort: roundingOrt,
      loss: "mse",
      optimizer: sgd({ lr: 1 }),
      precision: "mixed",
    });
    const target = new Float32Array(8);
    const round = (values: Float32Array) => halfToFloat32(float16(values));
    const product = (a: ArrayLike<number>, b: ArrayLike<number>, [n, k, m]: readonly [number, number, number]) =>
      Float32Array.from({ length: n * m }, (_, at) =>
        Array.from({ length: k }, (_, i) => a[Math.floor(at / m) * k + i]! * b[i * m + (at % m)]!).reduce(
          (p, q) => p + q,
        ),
      );
    const y = round(product(round(x), round(w), [2, 3, 4]));
    const expected = y.reduce((sum, value) => sum + value * value, 0) / 8;
    const scale = 2 ** 16;
    const dy = round(y.map((value) => (2 * scale * value) / 8));
    const turned = Float32Array.from({ length: 6 }, (_, i) => x[3 * (i % 2) + Math.floor(i / 2)]!);
    const dw = round(product(round(turned), dy, [3, 2, 4])).map((value) => value / scale);
    const told = await trainer.step({ x, target });
    expect(told).toEqual({ loss: told.loss, diverged: false, skipped: false, lossScale: scale });
    expect(told.loss / expected).toBeCloseTo(1, 6);
    const after = (await trainer.parameters()).get("w")!;
    // A last bit of float16 would be 5e-4.
    expect(
      relativeError(
        after,
        w.map((value, i) => value - dw[i]!),
      ),
    ).toBeLessThan(1e-6);
    await trainer.dispose();
  });
});

describe("scalars that depend on the step", () => {
  it.each([
    ["adam", adam({ beta1: 0.9, beta2: 0.999 })],
    ["adamw", adamw({ beta1: 0, beta2: 0.95 })],
    ["adagrad", adagrad({ lrDecay: 0.1 })],
    ["sgd", sgd({ lr: 0.1, momentum: 0.9, dampening: 0.3 })],
  ])("are the same in the graph (%s)", async (_name, optimizer) => {
    const rates = { lr: 0.3, weightDecay: optimizer.weightDecay };
    const g = new TrainingGraph(17, 8, "scalars");
    const first = optimizer.scalars({ ...rates, step: 1 });
    const inputs = Object.fromEntries(Object.keys(first).map((name) => [name, g.input(name, "float32", [])]));
    const made = optimizer.atStep!(g, g.input("step", "float32", []), inputs);
    for (const output of Object.values(made)) g.builder.output(output, "float32", []);
    const session = await ort.InferenceSession.create(encodeModel(g.builder.build()));
    const scalar = (value: number) => new ort.Tensor("float32", Float32Array.of(value), []);
    for (const step of [1, 2, 3, 30, 1000, 100_000]) {
      const fed = Object.entries({ ...first, step }).filter(([name]) => session.inputNames.includes(name));
      const results = await session.run(Object.fromEntries(fed.map(([name, value]) => [name, scalar(value)])));
      for (const [name, expected] of Object.entries(optimizer.scalars({ ...rates, step }))) {
        const actual = made[name] === undefined ? first[name]! : (results[made[name]]!.data[0] as number);
        // 1 - 0.999^t for small t is a difference of neighbours in float32.
        expect(Math.abs(actual / expected - 1), `${name} at step ${step}`).toBeLessThan(1e-4);
      }
    }
    await session.release();
  });
});

describe("options", () => {
  it.each([
    ["an unknown precision", { precision: "half" as never }, 'precision must be "float32" or "mixed", got "half"'],
    ["a scale in float32", { precision: "float32", lossScale: {} }, 'lossScale needs precision "mixed"'],
    ["a small scale", { lossScale: { start: 0.5 } }, "lossScale: start must be in [1, 2^64], got 0.5"],
    ["a large scale", { lossScale: { start: 2 ** 65 } }, "lossScale: start must be in [1, 2^64], got 3689"],
    ["no scale", { lossScale: { start: "1" as never } }, "lossScale: start must be in [1, 2^64], got 1"],
    [
      "an interval",
      { lossScale: { growthInterval: 0 } },
      "growthInterval must be a whole number from 1 to 2^24, got 0",
    ],
    ["a typing error", { lossScale: { scale: 1 } as never }, 'lossScale: no option "scale"; there are start'],
    ["blocks of channels", { channelBlock: 8 }, 'channelBlock must be 0 with precision "mixed", got 8'],
  ] as [string, Partial<TrainerOptions>, string][])("reject %s", async (_title, more, message) => {
    await expect(mixed("mlp", more)).rejects.toThrow(message);
  });
});
