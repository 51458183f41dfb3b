import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeModel, encodeModel, OnnxError, tensorValues } from "../src/index.js";
import { fixture } from "./files.js";

/** Reads everything there is to read; whatever is wrong must be an OnnxError. */
function survives(bytes: Uint8Array): boolean {
  try {
    const model = decodeModel(bytes);
    for (const tensor of model.graph.initializers) {
      try {
        tensorValues(tensor);
      } catch (error) {
        if (!(error instanceof OnnxError)) throw error;
      }
    }
    encodeModel(model);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(OnnxError);
    expect((error as OnnxError).message).toMatch(/\w/);
    return false;
  }
}

const files = ["rare.onnx", "typed.onnx"].map(fixture);

test("whole files are read", () => {
  for (const file of files) expect(survives(file)).toBe(true);
});

test("random bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void survives(bytes)),
    { numRuns: 500 },
  );
});

test("truncated files", () => {
  for (const file of files) {
    let failed = 0;
    for (let length = 0; length < file.length; length++) if (!survives(file.subarray(0, length))) failed++;
    expect(failed).toBeGreaterThan(file.length * 0.5);
  }
});

test("files with some bytes changed", () => {
  const change = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 5 });
  const damage = fc.tuple(fc.constantFrom(...files), change);
  fc.assert(
    fc.property(damage, ([file, changes]) => {
      const bytes = file.slice();
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      survives(bytes);
    }),
    { numRuns: 1000 },
  );
});
