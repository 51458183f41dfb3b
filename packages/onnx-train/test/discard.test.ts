/** What a step leaves behind. */
import { encodeModel, GraphBuilder } from "@idinit/onnx";
import * as node from "onnxruntime-node";
import * as web from "onnxruntime-web";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createTrainer, type Ort, sgd } from "../src/index.js";
import { discarder } from "../src/trainer/discard.js";

/** y = x w with w of shape [from, to]. */
function linearModel(from: number, to: number): Uint8Array {
  const g = new GraphBuilder({ opset: 17 });
  const values = Float32Array.from({ length: from * to }, (_, i) => Math.sin(i));
  const w = g.initializer("w", [from, to], values);
  g.output(g.node("MatMul", [g.input("x", "float32", ["batch", from]), w]), "float32", ["batch", to]);
  return encodeModel(g.build());
}

/** The module, with the arrays of all tensors that its runs give. */
function watched(ort: typeof node | typeof web) {
  const given: Float32Array[] = [];
  const create = async (bytes: Uint8Array, options?: node.InferenceSession.SessionOptions) => {
    const session = await ort.InferenceSession.create(bytes, options);
    const run = async (feeds: node.InferenceSession.FeedsType) => {
      const results = await session.run(feeds);
      given.push(...Object.values(results).map(({ data }) => data as Float32Array));
      return results;
    };
    return { run, release: () => session.release() };
  };
  return { given, ort: { ...ort, InferenceSession: { create } } as unknown as Ort };
}

describe.each([
  ["onnxruntime-node", node, "cpu"],
  ["onnxruntime-web", web, "wasm"],
] as const)("state in the main memory of %s", (_, runtime, provider) => {
  if (provider === "wasm") web.env.wasm.numThreads = 1;

  it("is gone when the next step has made a new one", async () => {
    const { given, ort } = watched(runtime);
    const trainer = await createTrainer(linearModel(64, 128), {
      ort,
      loss: "mse",
      optimizer: sgd({ lr: 0.1, momentum: 0.9 }),
      sessionOptions: { executionProviders: [provider] },
    });
    const batch = { x: new Float32Array(2 * 64).fill(1), target: new Float32Array(2 * 128) };
    const start = (await trainer.parameters()).get("w")!;
    await trainer.step(batch);
    const first = given.filter(({ length }) => length === 64 * 128);
    expect(first).toHaveLength(2);
    const read = (await trainer.parameters()).get("w")!;
    await trainer.step(batch);
    expect(first.map(({ length }) => length)).toEqual([0, 0]);
    // What was read is a copy.
    expect(read).toHaveLength(64 * 128);
    expect(read).not.toEqual(start);
    await trainer.dispose();
  });
});

describe("discarder", () => {
  afterEach(() => void vi.unstubAllGlobals());

  const tensor = (values: Float32Array) => new node.Tensor("float32", values, [values.length]);

  it("leaves arrays in a buffer of others", () => {
    const part = new Float32Array(new ArrayBuffer(2 ** 18), 0, 2 ** 15);
    discarder()(tensor(part));
    expect(part).toHaveLength(2 ** 15);
  });

  it("gives a tensor back also where nothing can free its buffer", () => {
    vi.stubGlobal("MessageChannel", undefined);
    const values = new Float32Array(2 ** 15);
    const given = tensor(values);
    discarder()(given);
    expect(values).toHaveLength("transfer" in ArrayBuffer.prototype ? 0 : 2 ** 15);
    expect(given.location).toBe("none");
  });
});
