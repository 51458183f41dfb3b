/** Five steps of what PyTorch's exporter writes beside plain layers: the losses are PyTorch's. */
import { readFileSync } from "node:fs";
import { decodeModel } from "@idinit/onnx";
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { buildTrainingModel, createTrainer, type Feeds, OnnxTrainError, sgd } from "../src/index.js";

interface Encoded {
  readonly type: "float32" | "int64";
  readonly dims: number[];
  readonly data: string;
}

interface TrainedExport {
  readonly name: string;
  readonly opset: number;
  /** Whether the shapes of the inputs have to be given. */
  readonly sized: boolean;
  readonly model: string;
  readonly batches: readonly Readonly<Record<string, Encoded>>[];
  readonly losses: readonly number[];
}

const path = new URL("../fixtures/trained-exports.json", import.meta.url);
const exported = JSON.parse(readFileSync(path, "utf8")) as TrainedExport[];
const bytesOf = (text: string) => Uint8Array.from(Buffer.from(text, "base64"));
const named = (name: string) => exported.find((given) => given.name === name)!;

function tensor({ type, dims, data }: Encoded) {
  const { buffer } = bytesOf(data);
  return new ort.Tensor(type, type === "float32" ? new Float32Array(buffer) : new BigInt64Array(buffer), dims);
}

const feeds = (batch: Readonly<Record<string, Encoded>>): Feeds =>
  Object.fromEntries(Object.entries(batch).map(([name, value]) => [name, tensor(value)]));

const lossOf = ({ batches }: TrainedExport) => ("target" in batches[0]! ? "mse" : "model-output");

const shapesOf = ({ batches: [batch] }: TrainedExport) =>
  Object.fromEntries(Object.entries(batch!).flatMap(([name, { dims }]) => (name === "target" ? [] : [[name, dims]])));

describe("five steps equal PyTorch's", () => {
  it.each(exported.map((given) => [given.name, given.opset, given] as const))("%s, opset %i", async (_n, _o, given) => {
    const trainer = await createTrainer(bytesOf(given.model), {
      ort,
      loss: lossOf(given),
      optimizer: sgd({ lr: 0.05, momentum: 0.9 }),
      sessionOptions: { intraOpNumThreads: 1, graphOptimizationLevel: "basic" },
      inputShapes: given.sized ? shapesOf(given) : undefined,
    });
    for (const [step, expected] of given.losses.entries()) {
      const { loss } = await trainer.step(feeds(given.batches[step % 2]!));
      expect(Math.abs(loss - expected) / expected, `step ${step + 1}`).toBeLessThan(1e-5);
    }
    await trainer.dispose();
  });
});

const parameters = (given: TrainedExport) => [
  ...buildTrainingModel(bytesOf(given.model), { loss: lossOf(given) }).info.gradients.keys(),
];

it("norms that have no scale and no shift get none, and normalize by the batch", () => {
  const given = named("norms without weights");
  expect(parameters(given)).toEqual([
    "conv.weight",
    "conv.bias",
    "group.weight",
    "group.bias",
    "out.weight",
    "out.bias",
  ]);
  const { info } = buildTrainingModel(bytesOf(given.model), { loss: "mse" });
  expect(info.state.filter(({ kind }) => kind === "running")).toHaveLength(4);
  const head = buildTrainingModel(bytesOf(given.model), { loss: "mse", trainable: ["out.weight"] });
  // The norm of the inputs is before all weights, the other one behind weights that stay as they are.
  expect(head.info.state.filter(({ kind }) => kind === "running").map(({ input }) => input)).toEqual([
    "input.running_mean",
    "input.running_var",
  ]);
});

describe("control flow", () => {
  it("is written out for training and stays in what is exported", async () => {
    const given = named("loop");
    const trainer = await createTrainer(bytesOf(given.model), { ort, loss: "mse", optimizer: sgd({ lr: 0.05 }) });
    const batch = feeds(given.batches[0]!);
    const { loss } = await trainer.step(batch);
    const { loss: after } = await trainer.evaluate(batch);
    expect(after).toBeLessThan(loss);
    const nodes = decodeModel(await trainer.export()).graph.nodes;
    expect(nodes.some(({ opType }) => opType === "Loop")).toBe(true);
    await trainer.dispose();
  });

  it("leaves weights of a branch that is not taken as they are", () => {
    expect(parameters(named("branches"))).toEqual(["long"]);
    const model = bytesOf(named("branches").model);
    expect(() => buildTrainingModel(model, { loss: "mse", trainable: ["long", "short"] })).toThrow(
      'trainable: no gradient reaches "short", it is read in branches not taken or by steps',
    );
  });

  it.each([
    ["bag", /\/table\/Loop" \(Loop\): only the run can tell how often it runs; set batchSize or inputShapes/],
    ["squeezed", /\/If" \(If\): only the run can tell which branch is taken; set batchSize or inputShapes/],
  ])("that only the run can tell is an error: %s", (name, message) => {
    expect(() => buildTrainingModel(bytesOf(named(name).model), { loss: "mse" })).toThrow(OnnxTrainError);
    expect(() => buildTrainingModel(bytesOf(named(name).model), { loss: "mse" })).toThrow(message);
  });
});
