import { execFileSync, spawnSync } from "node:child_process";
import { delimiter, join } from "node:path";
import { decodeModel } from "@idinit/onnx";
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { exampleBatch } from "../../src/architectures/exampleBatch.js";
import { type Architecture, mlp, parameters, resnet, shapes, transformer } from "../../src/architectures/index.js";
import { toOnnx } from "../../src/architectures/onnx/toOnnx.js";
import { startingParameters } from "../../src/architectures/startingParameters.js";
import { image, networks } from "./networks.js";

/** The first Python on the PATH that has onnx. */
const python = (process.env.PATH ?? "")
  .split(delimiter)
  .map((folder) => join(folder, "python3"))
  .find((path) => spawnSync(path, ["-c", "import onnx"]).status === 0);

async function run(model: Uint8Array, architecture: Architecture, inputs: Float32Array | Int32Array, size: number) {
  const session = await ort.InferenceSession.create(model, { intraOpNumThreads: 1 });
  const shape = shapes(architecture).get("input")!;
  const type = inputs instanceof Int32Array ? "int32" : "float32";
  const result = await session.run({ input: new ort.Tensor(type, inputs, [size, ...shape]) });
  await session.release();
  return result;
}

describe("toOnnx", () => {
  it.skipIf(python === undefined)("passes onnx's checker with full shape inference (needs a python3 with onnx)", () => {
    const script =
      "import sys, onnx; onnx.checker.check_model(onnx.load_model_from_string(sys.stdin.buffer.read()), full_check=True)";
    for (const architecture of networks) {
      for (const options of [{ batch: 3, training: true }, { training: false }]) {
        execFileSync(python!, ["-c", script], { input: toOnnx(architecture, options) });
      }
    }
  });

  it.each(networks.map((architecture) => [architecture.name, architecture] as const))(
    "%s runs, at any batch size",
    async (_, architecture) => {
      const model = toOnnx(architecture, { training: false });
      const { inputs } = exampleBatch(architecture, 3, 0);
      const logits = (await run(model, architecture, inputs, 3))[architecture.output]!;
      const classes = shapes(architecture).get(architecture.output)![0]!;
      expect(logits.dims).toEqual([3, classes]);
      const one = (await run(model, architecture, inputs.slice(0, inputs.length / 3), 1))[architecture.output]!;
      expect(Array.from(one.data as Float32Array)).toEqual(
        Array.from((logits.data as Float32Array).slice(0, classes), (value) => expect.closeTo(value, 5)),
      );
    },
  );

  it("stores every parameter once, as an initializer with its canonical name and shape, and nothing else", () => {
    for (const architecture of networks) {
      const stored = decodeModel(toOnnx(architecture)).graph.initializers.map(({ name, dims }) => ({ name, dims }));
      expect(stored).toEqual(parameters(architecture).map(({ name, shape }) => ({ name, dims: shape })));
    }
  });

  it("writes the given weights", async () => {
    const architecture = mlp({ features: 2, hidden: 2, classes: 2, activation: "none" });
    const weights = new Map([
      ["fc1.weight", Float32Array.of(1, 2, 3, 4)],
      ["fc1.bias", Float32Array.of(0, 1)],
      ["fc2.weight", Float32Array.of(1, 0, 1, 1)],
      ["fc2.bias", Float32Array.of(0, 0.5)],
    ]);
    const result = await run(toOnnx(architecture, { weights }), architecture, Float32Array.of(1, 10), 1);
    // [1 2; 3 4] [1, 10] + [0, 1] = [21, 44]; then [21, 21 + 44 + 0.5]
    expect(Array.from(result.fc2!.data as Float32Array)).toEqual([21, 65.5]);
  });

  it("ignores what stands at padding: tokens after the end change nothing", async () => {
    const architecture = transformer({ classes: 3, length: 6, vocabulary: 20, width: 8, heads: 2, layers: 2 });
    // Twenty times the usual spread, so that attention is far from even.
    const weights = new Map(
      [...startingParameters(architecture, 1)].map(([name, values]) => [
        name,
        name.includes("norm") ? values : values.map((value) => 20 * value),
      ]),
    );
    const changed = new Map(weights);
    // Row 0 of the table is the padding's embedding: no answer may depend on it.
    changed.set(
      "embedding.weight",
      weights.get("embedding.weight")!.map((value, i) => (i < 8 ? value + 3 : value)),
    );
    const ids = Int32Array.of(5, 7, 9, 0, 0, 0);
    const logits = async (values: Map<string, Float32Array>) =>
      Array.from((await run(toOnnx(architecture, { weights: values }), architecture, ids, 1)).fc!.data as Float32Array);
    const before = await logits(weights);
    expect(Math.max(...before.map(Math.abs))).toBeGreaterThan(0.01);
    expect(await logits(changed)).toEqual(before.map((value) => expect.closeTo(value, 5)));
  });

  it("the zero-padded shortcut keeps every second pixel and puts new channels evenly around", async () => {
    const architecture = resnet({
      depth: 8,
      classes: 2,
      input: { ...image, channels: 1, height: 4, width: 4 },
      width: 2,
    });
    const model = toOnnx(architecture, { watch: ["stage1.block1.relu2", "stage2.block1.shortcut"], training: false });
    const result = await run(model, architecture, exampleBatch(architecture, 1, 0).inputs, 1);
    const from = result["stage1.block1.relu2"]!.data as Float32Array;
    const to = Array.from(result["stage2.block1.shortcut"]!.data as Float32Array);
    const picked = [0, 1].flatMap((channel) => [0, 2, 8, 10].map((pixel) => from[16 * channel + pixel]!));
    expect(picked.some((value) => value > 0)).toBe(true);
    expect(to).toEqual([0, 0, 0, 0, ...picked, 0, 0, 0, 0]);
  });

  it("refuses weights that do not fit", () => {
    const architecture = mlp({ features: 2, hidden: 2, classes: 2 });
    const weights = startingParameters(architecture, 0);
    expect(() => toOnnx(architecture, { weights: new Map([...weights, ["fc9.weight", new Float32Array(1)]]) })).toThrow(
      /no parameter is called "fc9.weight"/,
    );
    expect(() => toOnnx(architecture, { weights: new Map([...weights].slice(1)) })).toThrow(
      /parameter "fc1.weight" \[2, 2\] needs 4 values, got none/,
    );
    expect(() => toOnnx(architecture, { watch: ["nothing"] })).toThrow(/cannot watch "nothing"/);
  });
});
