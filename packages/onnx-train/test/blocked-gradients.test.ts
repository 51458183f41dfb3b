import { decodeModel, encodeModel, GraphBuilder, getInts } from "@idinit/onnx";
import * as ort from "onnxruntime-node";
import { beforeAll, describe, expect, it } from "vitest";
import { buildTrainingModel, createTrainer, sgd } from "../src/index.js";
import { findChannelBlock } from "../src/trainer/channel-block.js";
import { relativeError } from "./support/fixtures.js";

const wave = (size: number, shift: number) => Float32Array.from({ length: size }, (_, i) => Math.sin(1.7 * i + shift));
const options = { loss: "mse", optimizer: sgd({ lr: 0.1 }) } as const;

interface Case {
  readonly size: readonly [high: number, wide: number];
  readonly channels?: number;
  readonly filters?: number;
  readonly kernel: readonly [number, number];
  readonly strides?: readonly [number, number];
  readonly dilations?: readonly [number, number];
  readonly pads?: readonly [number, number, number, number];
}

/** The sizes that a convolution gives. */
const outputs = ({ size, kernel, strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0] }: Case) =>
  size.map((s, i) => {
    const reach = (kernel[i]! - 1) * dilations[i]! + 1;
    return Math.floor((s + pads[i]! + pads[i + 2]! - reach) / strides[i]!) + 1;
  });

/** One convolution between activations; input and weights have a gradient. */
function convolution(given: Case, batch: number) {
  const {
    size,
    channels = 32,
    filters = 16,
    kernel,
    strides = [1, 1],
    dilations = [1, 1],
    pads = [0, 0, 0, 0],
  } = given;
  const g = new GraphBuilder({ opset: 17 });
  const x = g.input("x", "float32", ["batch", channels, ...size]);
  const count = channels * size[0] * size[1];
  const shift = g.initializer("shift", [1, channels, ...size], wave(count, 1));
  const weights = wave(filters * channels * kernel[0] * kernel[1], 2).map((v) => v / Math.sqrt(channels));
  const w = g.initializer("w", [filters, channels, ...kernel], weights);
  const attributes = { kernel_shape: kernel, strides, dilations, pads };
  const y = g.node("Conv", [g.node("Tanh", [g.node("Add", [x, shift])]), w], attributes);
  g.output(g.node("Flatten", [g.node("Tanh", [y])]), "float32");
  const [high, wide] = outputs(given) as [number, number];
  return {
    bytes: encodeModel(g.build()),
    feeds: { x: wave(batch * count, 4), target: wave(batch * filters * high * wide, 5) },
  };
}

/** A residual block with a shortcut in steps: norms, sums of convolutions, a value that three read. */
function residual(batch: number, offset: number) {
  const g = new GraphBuilder({ opset: 17 });
  const x = g.input("x", "float32", ["batch", 16, 8, 6]);
  const conv = (value: string, name: string, filters: number, from: number, kernel: number, stride: number) => {
    const w = g.initializer(
      name,
      [filters, from, kernel, kernel],
      wave(filters * from * kernel ** 2, name.length).map((v) => v / 4),
    );
    const pad = (kernel - 1) / 2;
    return g.node("Conv", [value, w], {
      strides: [stride, stride],
      pads: [pad, pad, pad, pad],
      kernel_shape: [kernel, kernel],
    });
  };
  const norm = (value: string, name: string, channels: number) => {
    const vector = (kind: string, values: Float32Array) => g.initializer(`${name}_${kind}`, [channels], values);
    const inputs = [
      vector(
        "scale",
        wave(channels, 1).map((v) => v + 2),
      ),
      vector("shift", wave(channels, 2)),
    ];
    const statistics = [
      vector("mean", new Float32Array(channels)),
      vector("variance", new Float32Array(channels).fill(1)),
    ];
    return g.node("BatchNormalization", [value, ...inputs, ...statistics]);
  };
  const bias = g.initializer("offset", [16, 1, 1], new Float32Array(16).fill(offset));
  const stem = g.node("Relu", [norm(g.node("Add", [conv(x, "stem", 16, 16, 3, 1), bias]), "norm", 16)]);
  const inner = g.node("Relu", [norm(conv(stem, "first", 16, 16, 3, 1), "norm1", 16)]);
  const same = g.node("Relu", [g.node("Add", [norm(conv(inner, "second", 16, 16, 3, 1), "norm2", 16), stem])]);
  const down = norm(conv(same, "down", 32, 16, 3, 2), "norm3", 32);
  const sum = g.node("Relu", [g.node("Add", [down, norm(conv(same, "cut", 32, 16, 1, 2), "norm4", 32)])]);
  g.output(g.node("Flatten", [g.node("GlobalAveragePool", [sum])]), "float32", ["batch", 32]);
  return { bytes: encodeModel(g.build()), feeds: { x: wave(batch * 16 * 48, 4), target: wave(batch * 32, 5) } };
}

describe("gradients in blocks of channels", () => {
  let block = 0;
  beforeAll(async () => {
    block = await findChannelBlock(ort);
  });

  /** The same step in both layouts. */
  async function both({ bytes, feeds }: ReturnType<typeof convolution>, batchSize: number) {
    const results = [0, block].map(async (channelBlock) => {
      const trainer = await createTrainer(bytes, { ort, ...options, batchSize, channelBlock });
      const gradients = await trainer.gradients(feeds);
      const { loss } = await trainer.step(feeds);
      const statistics = await trainer.runningStatistics();
      await trainer.dispose();
      return { gradients, loss, statistics };
    });
    return (await Promise.all(results)) as [Awaited<(typeof results)[0]>, Awaited<(typeof results)[0]>];
  }
  const nodes = ({ bytes }: { bytes: Uint8Array }, batchSize: number) =>
    decodeModel(buildTrainingModel(bytes, { ...options, batchSize, channelBlock: 16 }).bytes).graph.nodes;
  const operators = (network: { bytes: Uint8Array }, batchSize: number) =>
    nodes(network, batchSize).map(({ opType }) => opType);

  const cases: Readonly<Record<string, Case>> = {
    "three taps": { size: [6, 5], kernel: [3, 3], pads: [1, 1, 1, 1] },
    "one tap": { size: [4, 4], kernel: [1, 1] },
    "one tap in steps": { size: [4, 6], kernel: [1, 1], strides: [2, 2] },
    "three taps in steps": { size: [6, 8], kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
    "four taps in steps": { size: [6, 8], kernel: [4, 4], strides: [2, 2], pads: [1, 1, 1, 1] },
    "padding at the end alone": { size: [4, 4], kernel: [2, 3], strides: [2, 2], pads: [0, 0, 0, 1] },
    "five taps in steps of three": { size: [9, 6], kernel: [5, 4], strides: [3, 3], pads: [2, 1, 2, 1] },
    "steps larger than the kernel": { size: [9, 6], kernel: [2, 1], strides: [3, 3] },
    "steps that leave rows": { size: [9, 8], kernel: [3, 2], strides: [3, 3] },
    dilated: { size: [7, 7], kernel: [3, 2], dilations: [2, 2], pads: [1, 0, 1, 2] },
    "channels that fill no blocks": { size: [5, 6], channels: 20, kernel: [3, 3], pads: [1, 1, 1, 1] },
    "an image of three": { size: [8, 9], channels: 3, kernel: [5, 5], strides: [2, 2], pads: [2, 2, 2, 2] },
  };
  it.for(Object.entries(cases))(
    "of a convolution are those of the plain layout: %s",
    async ([title, given], context) => {
      if (block === 0) context.skip("this processor has no blocked layout");
      const network = convolution(given, 2 * block);
      const fallsBack = title === "steps that leave rows" || title === "an image of three";
      expect(operators(network, 2 * block).includes("ConvTranspose")).toBe(fallsBack);
      const [plain, own] = await both(network, 2 * block);
      expect(own.loss).toBeCloseTo(plain.loss, 5);
      for (const [name, gradient] of plain.gradients) {
        expect(relativeError(own.gradients.get(name)!, gradient), name).toBeLessThan(1e-5);
      }
    },
  );

  it.for([3, 32])(
    "of a residual network with norms are those of the plain layout, batch of %i",
    async (batch, context) => {
      if (block === 0) context.skip("this processor has no blocked layout");
      const network = residual(batch, 0);
      expect(operators(network, batch)).not.toContain("BatchNormalization");
      // What comes back through both convolutions in steps is added before it is put in its place.
      const moved = nodes(network, batch).filter((node) => getInts(node, "perm")?.length === 7);
      expect(moved).toHaveLength(1);
      const [plain, own] = await both(network, batch);
      expect(own.loss).toBeCloseTo(plain.loss, 5);
      for (const [name, gradient] of plain.gradients) {
        // That of the offset before a norm is zero.
        if (name !== "offset") expect(relativeError(own.gradients.get(name)!, gradient), name).toBeLessThan(1e-4);
      }
    },
  );

  it("come from variances that lose no digits where the mean is large", async (context) => {
    if (block === 0) context.skip("this processor has no blocked layout");
    const [plain, own] = await both(residual(8, 300), 8);
    const error = (name: string) => relativeError(own.statistics.get(name)!, plain.statistics.get(name)!);
    expect(error("norm_mean")).toBeLessThan(1e-5);
    // From the mean of the squares less the square of the mean it would be 1e-2.
    expect(error("norm_variance")).toBeLessThan(1e-4);
  });
});
