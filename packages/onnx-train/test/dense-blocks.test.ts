/** Matrix products by large weights in the blocked layout, against the plain one. */
import { decodeModel, encodeModel, GraphBuilder } from "@idinit/onnx";
import * as ort from "onnxruntime-node";
import { beforeAll, describe, expect, it } from "vitest";
import { buildTrainingModel, createTrainer, sgd } from "../src/index.js";
import { findChannelBlock } from "../src/trainer/channel-block.js";
import { relativeError } from "./support/fixtures.js";

const wave = (size: number, shift: number) => Float32Array.from({ length: size }, (_, i) => Math.sin(1.7 * i + shift));
const [length, width] = [128, 128];
const options = { loss: "mse", optimizer: sgd({ lr: 0.01 }) } as const;

type Layer = (g: GraphBuilder, x: string, w: string, b: string) => string;

/** Products as exporters write them, by weights as they store them; of six products, how many get to blocks. */
const layers: readonly (readonly [name: string, count: number, layer: Layer])[] = [
  ["MatMul and Add", 6, (g, x, w, b) => g.node("Add", [g.node("MatMul", [x, w]), b])],
  ["Add of the bias first", 6, (g, x, w, b) => g.node("Add", [b, g.node("MatMul", [x, w])])],
  ["MatMul by turned weights", 6, (g, x, w) => g.node("MatMul", [x, g.node("Transpose", [w], { perm: [1, 0] })])],
  ["Gemm", 6, (g, x, w, b) => inRows(g, x, (rows) => g.node("Gemm", [rows, w, b]))],
  ["Gemm by turned weights", 6, (g, x, w, b) => inRows(g, x, (rows) => g.node("Gemm", [rows, w, b], { transB: 1 }))],
  ["a bias after a Reshape", 6, (g, x, w, b) => g.node("Add", [inRows(g, x, (rows) => g.node("Gemm", [rows, w])), b])],
  // Between the two backward.
  ["a bias that is a row", 2, (g, x, w, b) => inRows(g, x, (rows) => g.node("Gemm", [rows, w, row(g, b)]))],
  ["a product that is scaled", 0, (g, x, w, b) => inRows(g, x, (rows) => g.node("Gemm", [rows, w, b], { alpha: 0.5 }))],
  // Those by inputs and weights of the second layer start from plain values.
  [
    "an output that two nodes read",
    4,
    (g, x, w, b) => {
      const y = g.node("MatMul", [x, w]);
      return g.node("Add", [g.node("Add", [y, b]), g.node("Sigmoid", [y])]);
    },
  ],
];

function inRows(g: GraphBuilder, x: string, product: (rows: string) => string): string {
  const rows = g.node("Reshape", [x, g.int64s([-1, width])]);
  return g.node("Reshape", [product(rows), g.int64s([-1, length, width])]);
}
const row = (g: GraphBuilder, b: string) => g.node("Unsqueeze", [b, g.int64s([0])]);

/** Norm, two layers with an activation between, the input added: what Transformers have. */
function network(layer: Layer): Uint8Array {
  const g = new GraphBuilder({ opset: 17 });
  const x = g.input("x", "float32", ["batch", length, width]);
  const weights = (name: string, shift: number) =>
    g.initializer(
      name,
      [width, width],
      wave(width * width, shift).map((v) => v / 8),
    );
  const vector = (name: string, shift: number) => g.initializer(name, [width], wave(width, shift));
  const scale = g.initializer("scale", [width], new Float32Array(width).fill(1));
  const normal = g.node("LayerNormalization", [x, scale, vector("shift", 1)]);
  const hidden = layer(g, normal, weights("w1", 2), vector("b1", 3));
  const erf = g.node("Add", [g.node("Erf", [g.node("Mul", [hidden, g.scalar(Math.SQRT1_2)])]), g.scalar(1)]);
  const active = g.node("Mul", [g.node("Mul", [hidden, erf]), g.scalar(0.5)]);
  const out = layer(g, g.node("Tanh", [active]), weights("w2", 4), vector("b2", 5));
  g.output(g.node("Add", [x, g.node("Mul", [out, g.scalar(0.1)])]), "float32");
  return encodeModel(g.build());
}

const convolutions = (bytes: Uint8Array) => decodeModel(bytes).graph.nodes.filter(({ opType }) => opType === "Conv");

describe("matrix products in blocks", () => {
  let block = 0;
  beforeAll(async () => {
    block = await findChannelBlock(ort);
  });

  /** Both layouts, from a number of samples whose rows make so many parts. */
  async function compare(layer: Layer, count: number, batchSize: number, parts: number) {
    const bytes = network(layer);
    const feeds = { x: wave(batchSize * length * width, 6), target: wave(batchSize * length * width, 7) };
    const built = buildTrainingModel(bytes, { ...options, batchSize, channelBlock: block }).bytes;
    expect(convolutions(built)).toHaveLength(count * parts);
    const trainers = await Promise.all(
      [0, block].map((channelBlock) => createTrainer(bytes, { ort, ...options, batchSize, channelBlock })),
    );
    const [expected, found] = await Promise.all(trainers.map((trainer) => trainer.gradients(feeds)));
    expect([...found!.keys()]).toEqual([...expected!.keys()]);
    for (const [parameter, gradient] of expected!) {
      expect(relativeError(found!.get(parameter)!, gradient), parameter).toBeLessThan(5e-5);
    }
    for (const trainer of trainers) await trainer.dispose();
  }

  it.each(layers)("%s: %d of 6, with the gradients of the plain layout", async (_, count, layer) => {
    if (block > 0) await compare(layer, count, 4, 2);
  });

  it("take all rows at once where parts do not divide them", async () => {
    if (block > 0) await compare(layers[0]![2], 6, 5, 1);
  });

  it("leave few rows, open sizes and other sizes of block as they are", () => {
    const bytes = network(layers[0]![2]);
    const made = (batchSize: number | undefined, channelBlock: number) =>
      convolutions(buildTrainingModel(bytes, { ...options, batchSize, channelBlock }).bytes).length;
    expect(made(4, 16)).toBe(12);
    expect(made(1, 16)).toBe(0);
    expect(made(undefined, 16)).toBe(0);
    expect(made(4, 48)).toBe(0);
    expect(made(4, 0)).toBe(0);
  });
});
