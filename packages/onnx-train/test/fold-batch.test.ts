import { decodeModel, encodeModel, GraphBuilder } from "@idinit/onnx";
import * as ort from "onnxruntime-node";
import { beforeAll, describe, expect, it } from "vitest";
import { buildTrainingModel, createTrainer, sgd } from "../src/index.js";
import { findChannelBlock } from "../src/trainer/channel-block.js";
import { relativeError } from "./support/fixtures.js";

const wave = (size: number, shift: number) => Float32Array.from({ length: size }, (_, i) => Math.sin(1.7 * i + shift));
const [batch, options] = [3, { loss: "mse", optimizer: sgd({ lr: 0.1 }) } as const];

interface Case {
  readonly size: readonly [high: number, wide: number];
  readonly channels?: number;
  readonly kernel?: readonly [number, number];
  readonly strides?: readonly [number, number];
  readonly dilations?: readonly [number, number];
  readonly pads?: readonly [number, number, number, number];
}

/** A convolution whose weights and input both have a gradient. */
function network({
  size: [high, wide],
  channels = 16,
  kernel = [3, 3],
  strides = [1, 1],
  dilations = [1, 1],
  pads = [0, 0, 0, 0],
}: Case) {
  const g = new GraphBuilder({ opset: 17 });
  const x = g.input("x", "float32", ["batch", channels, high, wide]);
  const shift = g.initializer("shift", [1, channels, high, wide], wave(channels * high * wide, 1));
  const dims = [channels, channels, ...kernel];
  const count = dims.reduce((a, b) => a * b, 1);
  const scale = Math.sqrt(channels / count);
  const values = wave(count, 2).map((v) => v * scale);
  const w = g.initializer("w", dims, values);
  const bias = g.initializer("bias", [channels], wave(channels, 3));
  const attributes = { kernel_shape: kernel, strides, dilations, pads };
  const y = g.node("Conv", [g.node("Tanh", [g.node("Add", [x, shift])]), w, bias], attributes);
  const rows = g.node("Flatten", [g.node("Tanh", [y])]);
  g.output(rows, "float32");
  const outputs = [high, wide].map((s, i) => {
    const reach = (kernel[i]! - 1) * dilations[i]! + 1;
    return Math.floor((s + pads[i]! + pads[i + 2]! - reach) / strides[i]!) + 1;
  });
  const sizes = { x: batch * channels * high * wide, target: batch * channels * outputs[0]! * outputs[1]! };
  return { bytes: encodeModel(g.build()), feeds: { x: wave(sizes.x, 4), target: wave(sizes.target, 5) } };
}

/** The operators of the convolutions whose samples lie side by side. */
const folded = (bytes: Uint8Array) =>
  decodeModel(bytes)
    .graph.nodes.filter(({ opType, outputs }) => opType.startsWith("Conv") && outputs[0]!.startsWith("folded/"))
    .map(({ opType }) => opType);

const many = { size: [2, 2], channels: 352 } as const;

describe("samples of small maps side by side", () => {
  let block = 0;
  beforeAll(async () => {
    block = await findChannelBlock(ort);
  });

  const build = (bytes: Uint8Array, channelBlock: number) =>
    buildTrainingModel(bytes, { ...options, batchSize: batch, channelBlock }).bytes;

  it("are for weights that no cache keeps, both ways, and for steps of more than one on the way back", () => {
    const { bytes } = network({ ...many, pads: [1, 1, 1, 1] });
    expect(folded(build(bytes, 16))).toEqual(["Conv", "Conv"]);
    expect(folded(build(bytes, 0))).toEqual([]);
    expect(folded(buildTrainingModel(bytes, { ...options, channelBlock: 16 }).bytes)).toEqual([]);
    expect(folded(build(network({ size: [5, 5], strides: [2, 2], pads: [1, 1, 1, 1] }).bytes, 16))).toEqual([
      "ConvTranspose",
    ]);
    expect(folded(build(network({ size: [2, 2], pads: [1, 1, 1, 1] }).bytes, 16))).toEqual([]);
  });

  const cases: Readonly<Record<string, Case>> = {
    "many channels, padding all around": { ...many, pads: [1, 1, 1, 1] },
    "many channels, padding on one side": { ...many, size: [3, 3], pads: [0, 1, 1, 0] },
    "many channels, steps of two": { ...many, size: [4, 5], strides: [2, 2], pads: [1, 1, 1, 1] },
    "many channels, dilated": { ...many, size: [3, 3], dilations: [2, 2], pads: [2, 2, 2, 2] },
    "steps of two": { size: [5, 5], strides: [2, 2], pads: [1, 1, 1, 1] },
    "steps of two that leave a column": { size: [7, 6], strides: [2, 2] },
    "steps of three and two, dilated": { size: [7, 9], strides: [2, 3], dilations: [2, 1], pads: [1, 0, 2, 1] },
    "one tap, steps of two": { size: [4, 5], kernel: [1, 1], strides: [2, 2] },
    "one column": { size: [5, 3], kernel: [2, 3], strides: [2, 2] },
    "a kernel wider than the image": { size: [3, 3], kernel: [5, 5], strides: [2, 2], pads: [2, 2, 2, 2] },
  };
  it.for(Object.entries(cases))(
    "%s: the loss and the gradients of one sample after the other",
    async ([, given], context) => {
      const { bytes, feeds } = network(given);
      expect(folded(build(bytes, 16)).length).toBeGreaterThan(0);
      if (block === 0) context.skip("this processor has no blocked layout");
      const [expected, found] = await Promise.all(
        [0, block].map(async (channelBlock) => {
          const trainer = await createTrainer(bytes, { ort, ...options, batchSize: batch, channelBlock });
          const gradients = await trainer.gradients(feeds);
          const { loss } = await trainer.step(feeds);
          await trainer.dispose();
          return { gradients, loss };
        }),
      );
      expect(found!.loss).toBeCloseTo(expected!.loss, 5);
      for (const [name, gradient] of expected!.gradients) {
        expect(relativeError(found!.gradients.get(name)!, gradient), name).toBeLessThan(1e-5);
      }
    },
  );
});
