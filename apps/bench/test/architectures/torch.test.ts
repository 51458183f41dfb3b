import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { exampleBatch } from "../../src/architectures/exampleBatch.js";
import { type Architecture, inputShape } from "../../src/architectures/index.js";
import { inputType, toOnnx } from "../../src/architectures/onnx/toOnnx.js";
import { startingParameters } from "../../src/architectures/startingParameters.js";
import { torchPeer } from "../../src/speed/peer/torchPeer.js";
import { findTorchPython } from "../../src/speed/python.js";
import { networks } from "./networks.js";

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
  it.each(networks)("$name", async (architecture) => {
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
