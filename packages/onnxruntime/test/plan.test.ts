import { IdinitError } from "@idinit/core";
import { initialize as initializeGraph } from "@idinit/core/graph";
import { streamTensors, type WeightPlan } from "@idinit/core/large";
import { decodeModel, encodeModel, OnnxError, type OnnxModel } from "@idinit/onnx";
import { describe, expect, test } from "vitest";
import { initialize, onnxAdapter, plan } from "../src/index.js";
import { bytesOf, modelOf, names } from "./fixtures.js";

async function made(weights: WeightPlan, seed: number): Promise<Map<string, Float32Array>> {
  const all = new Map<string, Float32Array>();
  for await (const { tensor, data } of streamTensors(weights, { seed })) all.set(tensor.name, data as Float32Array);
  return all;
}

/** All larger tensors in a file beside it, and the file. */
function outside(model: OnnxModel): { bytes: Uint8Array; file: Uint8Array } {
  const pieces: number[] = [];
  const initializers = model.graph.initializers.map((tensor) => {
    const { data, ...rest } = tensor;
    if (data === undefined || data.length < 64 || tensor.dataType !== 1) return tensor;
    const external = { location: "weights.bin", offset: String(pieces.length), length: String(data.length) };
    pieces.push(...data);
    return { ...rest, external };
  });
  const bytes = encodeModel({ ...model, graph: { ...model.graph, initializers } });
  return { bytes, file: Uint8Array.from(pieces) };
}

/** The plan as JSON: whose functions are left out. */
const told = (weights: WeightPlan) => JSON.parse(JSON.stringify(weights));

describe.each(names.filter((name) => /^(mlp|resnet-projection|gpt|lstm|vit|transformer-preln-chunk)\.eval/.test(name)))(
  "%s",
  (name) => {
    test("the tensors of the graph, with the bits of core's initialize", async () => {
      const options = { scheme: "xavier", seed: 5 } as const;
      const expected = initializeGraph(onnxAdapter.toGraph(modelOf(name)), options);
      const weights = plan(bytesOf(name), { scheme: "xavier" });
      expect(weights.map((tensor) => tensor.name)).toEqual([...expected.keys()]);
      expect(await made(weights, 5)).toEqual(expected);
      // And with those of this package's, where the scheme leaves nothing.
      const written = onnxAdapter.read(decodeModel(initialize(bytesOf(name), options)));
      for (const { name: tensor, shape, role } of weights) {
        expect(written.get(tensor)).toHaveLength(shape.reduce((a, b) => a * b, 1));
        if (role === "hidden") expect(written.get(tensor)).toEqual(expected.get(tensor));
      }
    });

    test("the same without the data, where no tie hangs on it", () => {
      const { bytes, file } = outside(modelOf(name));
      expect(file.length).toBeGreaterThan(0);
      const expected = told(plan(bytesOf(name)));
      expect(told(plan(bytes, { externalData: { "weights.bin": file } }))).toEqual(expected);
      if (!name.startsWith("gpt")) expect(told(plan(bytes))).toEqual(expected);
    });
  },
);

test("a tie that shows in the values alone needs them", () => {
  const { bytes } = outside(modelOf("gpt.eval17.onnx"));
  expect(plan(bytes).length).toBe(plan(bytesOf("gpt.eval17.onnx")).length + 1);
});

test("bad input", () => {
  const { bytes } = outside(modelOf("mlp.eval17.onnx"));
  expect(() => plan(bytes, { externalData: {} })).toThrow(OnnxError);
  expect(() => plan(Uint8Array.of(1, 2, 3))).toThrow(OnnxError);
  expect(() => plan(bytes, { roles: { nothing: "head" } })).toThrow(IdinitError);
  expect(() => plan(bytes, { scheme: "fixup" })).toThrow("fixup");
});
