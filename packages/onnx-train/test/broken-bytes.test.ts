/** Bytes that are cut off or changed: an error of this project's own, or a model that can be trained; never anything else. */
import { OnnxError } from "@idinit/onnx";
import fc from "fast-check";
import { expect, it } from "vitest";
import { buildTrainingModel, OnnxTrainError } from "../src/index.js";
import { modelBytes } from "./support/fixtures.js";

const MODELS = ["mlp", "transformer-13", "resnet"].map(modelBytes);

function check(bytes: Uint8Array): void {
  try {
    buildTrainingModel(bytes, { loss: "softmax-cross-entropy" });
  } catch (error) {
    if (error instanceof OnnxError || error instanceof OnnxTrainError) {
      expect(error.message.length).toBeGreaterThan(10);
      return;
    }
    throw error;
  }
}

const model = fc.constantFrom(...MODELS);

it("cut off anywhere", () => {
  fc.assert(
    fc.property(model, fc.double({ min: 0, max: 1, noNaN: true }), (bytes, share) => {
      check(bytes.slice(0, Math.floor(bytes.length * share)));
    }),
    { numRuns: 100, seed: 5 },
  );
});

it("changed in a few places", () => {
  // The head holds the nodes; weights that are changed are just other weights.
  const change = fc.tuple(fc.nat(6000), fc.integer({ min: 1, max: 255 }));
  fc.assert(
    fc.property(model, fc.array(change, { minLength: 1, maxLength: 4 }), (bytes, changes) => {
      const changed = bytes.slice();
      for (const [at, flip] of changes) changed[at % changed.length]! ^= flip;
      check(changed);
    }),
    { numRuns: 150, seed: 6 },
  );
});

it("that are random", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), check), { numRuns: 100, seed: 7 });
});
