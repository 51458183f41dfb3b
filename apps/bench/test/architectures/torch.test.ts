import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { exampleBatch } from "../../src/architectures/exampleBatch.js";
import {
  type Architecture,
  allconv,
  inputShape,
  mlp,
  resConv,
  resMlp,
  resnet,
  transformer,
} from "../../src/architectures/index.js";
import { inputType, toOnnx } from "../../src/architectures/onnx/toOnnx.js";
import { startingParameters } from "../../src/architectures/startingParameters.js";
import { findTorchPython } from "../../src/speed/python.js";
import { torchPeer } from "../../src/speed/torchPeer.js";

const image = { kind: "image", channels: 3, height: 16, width: 16 } as const;
const python = await findTorchPython();
const size = 4;

/** Larger weights than the usual start, so that the logits differ from each other. */
function weightsOf(architecture: Architecture): Map<string, Float32Array> {
  return new Map(
    [...startingParameters(architecture, 3)].map(([name, values]) => [
      name,
      values.map((value) => (value === 0 ? 0.1 : value < 0.5 ? 8 * value : value)),
    ]),
  );
}

/** Mean softmax cross-entropy, in double precision. */
function crossEntropy(logits: Float32Array, labels: Int32Array): number {
  const classes = logits.length / labels.length;
  const losses = Array.from(labels, (label, row) => {
    const values = Array.from(logits.subarray(row * classes, (row + 1) * classes));
    const max = Math.max(...values);
    return max + Math.log(values.reduce((sum, value) => sum + Math.exp(value - max), 0)) - values[label]!;
  });
  return losses.reduce((a, b) => a + b, 0) / losses.length;
}

describe.skipIf(python === undefined)("toOnnx computes what PyTorch computes (needs a python3 with torch)", () => {
  it.each([
    resnet({ depth: 8, classes: 10, input: image, width: 4 }),
    resnet({ depth: 8, classes: 10, input: image, width: 4, shortcut: "projection" }),
    mlp({ features: 12, hidden: [9, 7], classes: 5, activation: "tanh" }),
    resMlp({ features: 12, width: 8, blocks: 2, classes: 5, activation: "gelu" }),
    allconv({ classes: 10, input: image, width: 4 }),
    resConv({ classes: 10, input: image, blocks: 2, width: 4 }),
    transformer({ classes: 6, length: 7, vocabulary: 20, width: 8, heads: 2 }),
  ])("$name", async (architecture) => {
    const weights = weightsOf(architecture);
    const batch = exampleBatch(architecture, size, 1);
    // Optimizing, onnxruntime 1.30 folds batch norm into a constant conv even in training mode.
    const session = await ort.InferenceSession.create(toOnnx(architecture, { weights }), {
      intraOpNumThreads: 1,
      graphOptimizationLevel: "disabled",
    });
    const input = new ort.Tensor(inputType(architecture.input), batch.inputs, [
      size,
      ...inputShape(architecture.input),
    ]);
    const logits = (await session.run({ input }))[architecture.output]!.data as Float32Array;
    await session.release();
    const recipe = { batch: size, threads: 1, learningRate: 0, momentum: 0, weightDecay: 0 };
    const peer = await torchPeer(python!, architecture, { ...recipe, weights, batches: [batch] });
    try {
      const { loss } = await peer.train();
      expect(Math.max(...logits) - Math.min(...logits)).toBeGreaterThan(0.05);
      expect(crossEntropy(logits, batch.labels)).toBeCloseTo(loss, 5);
    } finally {
      await peer.dispose();
    }
  });
});
