/** What a scheme needs is put into models that PyTorch exported. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { IdinitError, type SchemeName } from "@idinit/core";
import { inferRoles, missingRequirements } from "@idinit/core/graph";
import { decodeModel, encodeModel, GraphBuilder, makeTensor, type OnnxModel, tensorValues } from "@idinit/onnx";
import { describe, expect, test } from "vitest";
import { initialize, inspect, onnxAdapter } from "../src/index.js";
import { bytesOf, modelOf, pythonWithOnnx, run, watch } from "./fixtures.js";
import { initializer } from "./nets.js";

const SERVED: readonly (readonly [model: string, ...schemes: SchemeName[]])[] = [
  ["resnet-pad.train13.onnx", "fixup", "skipinit", "rezero", "isonet"],
  ["resnet-projection.train13.onnx", "fixup", "isonet"],
  ["resnet-merged.preserve13.onnx", "skipinit"],
  ["resnet-preactivation.train13.onnx", "fixup", "zero-gamma"],
  ["resnet-pad.eval17.onnx", "isonet"],
  ["senet.train13.onnx", "fixup", "skipinit"],
  ["mobilenet.train13.onnx", "fixup"],
  ["residual-mlp-gelu-tanh.eval13.onnx", "fixup", "skipinit"],
  ["transformer-preln-separate.train13.onnx", "fixup", "rezero", "zero-gamma"],
  ["transformer-postln-slice.eval13.onnx", "t-fixup", "deepnet"],
  ["torch-postln.train13.onnx", "skipinit", "deepnet"],
  ["gpt.train13.onnx", "fixup", "t-fixup"],
  ["vit.eval17.onnx", "rezero", "t-fixup"],
];
const cases = SERVED.flatMap(([name, ...schemes]) => schemes.map((scheme) => [name, scheme] as const));
const rewritten = (name: string, scheme: SchemeName) => initialize(bytesOf(name), { scheme, rewrite: true, seed: 3 });
const valuesOf = (model: OnnxModel) => onnxAdapter.read(model);

const python = pythonWithOnnx();

test.each(cases)("%s for %s: nothing is missing afterwards, and it runs", async (name, scheme) => {
  const model = decodeModel(rewritten(name, scheme));
  expect(missingRequirements(onnxAdapter.toGraph(model), { scheme })).toEqual([]);
  const output = await run(model);
  expect(output.length).toBeGreaterThan(0);
  expect(output.every(Number.isFinite)).toBe(true);
});

test.skipIf(python === undefined)(
  "rewritten models pass onnx.checker with full shape inference (needs a python3 with onnx)",
  () => {
    const folder = mkdtempSync(join(tmpdir(), "onnx-rewrite-"));
    try {
      const files = cases.map(([name, scheme]) => {
        const file = join(folder, `${scheme}.${name}`);
        writeFileSync(file, rewritten(name, scheme));
        return file;
      });
      const script = fileURLToPath(new URL("../fixtures/check_model.py", import.meta.url));
      const answer = execFileSync(python!, [script, ...files], { encoding: "utf8" });
      expect(answer.match(/ ok$/gm)).toHaveLength(cases.length);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);

/** Skip, sum and branch of every residual branch, by value name, and all values for one input. */
async function residualValues(model: OnnxModel) {
  const graph = onnxAdapter.toGraph(model);
  const places = new Map(inferRoles(graph).flatMap(({ branch }) => (branch ? [[branch.index, branch]] : [])));
  const names = [...places.values()].flatMap(({ join: node, skip }) => {
    const { inputs, outputs } = graph.nodes.find(({ name }) => name === node)!;
    return [skip, inputs.find((input) => input !== skip)!, outputs[0]!];
  });
  const values = await watch(model, names);
  return Array.from(
    { length: places.size },
    (_, i) => values.slice(3 * i, 3 * i + 3) as [Float32Array, Float32Array, Float32Array],
  );
}

/** Convolutions and dense layers without the biases that folding the norms left them. */
function withoutBiases(model: OnnxModel): OnnxModel {
  const nodes = model.graph.nodes.map((node) =>
    node.opType === "Conv" || node.opType === "Gemm" ? { ...node, inputs: node.inputs.slice(0, 2) } : node,
  );
  return { ...model, graph: { ...model.graph, nodes } };
}

describe("what is put in does what it should", () => {
  test.each([
    ["resnet-projection.train13.onnx", "skipinit"],
    ["resnet-pad.train13.onnx", "rezero"],
    ["transformer-preln-separate.train13.onnx", "rezero"],
    ["torch-postln.train13.onnx", "skipinit"],
    ["mobilenet.train13.onnx", "isonet"],
  ] as const)("%s for %s: every residual block starts as exactly its skip path", async (name, scheme) => {
    const blocks = await residualValues(decodeModel(rewritten(name, scheme)));
    expect(blocks.length).toBeGreaterThan(1);
    for (const [skip, , sum] of blocks) expect(sum).toEqual(skip);
    const [skip, , sum] = (await residualValues(modelOf(name)))[0]!;
    expect(sum).not.toEqual(skip);
  });

  test.each(["resnet-pad.eval17.onnx", "resnet-projection.eval17.onnx"])(
    "%s without norms and biases: with multipliers 1 and scalar biases 0 it computes what it did",
    async (name) => {
      const bare = withoutBiases(modelOf(name));
      const made = decodeModel(initialize(encodeModel(bare), { scheme: "fixup", rewrite: true }));
      const old = valuesOf(bare);
      const added = [...valuesOf(made)].filter(([parameter]) => !old.has(parameter));
      const convolutions = bare.graph.nodes.filter(({ opType }) => opType === "Conv");
      // One before each convolution but the first, before the head and before each ReLU, which are fewer.
      const biases = added.filter(([parameter]) => parameter.endsWith(".input_bias"));
      expect(biases.length).toBeGreaterThan(convolutions.length);
      for (const [parameter, values] of added) {
        expect([...values], parameter).toEqual([parameter.endsWith(".multiplier") ? 1 : 0]);
      }
      const [expected, output] = [await run(bare), await run(onnxAdapter.write(made, old))];
      expect([...output]).toEqual([...expected].map((value) => expect.closeTo(value, 4)));
      for (const [parameter] of biases) {
        const shifted = new Map([...old, [parameter, Float32Array.of(2.5)] as const]);
        expect(await run(onnxAdapter.write(made, shifted)), parameter).not.toEqual(output);
      }
    },
  );

  test("a shifted ReLU is max(x, b), channel by channel", async () => {
    const model = modelOf("resnet-pad.eval17.onnx");
    const relu = model.graph.nodes.find(({ opType }) => opType === "Relu")!;
    const made = decodeModel(initialize(encodeModel(model), { scheme: "isonet", rewrite: true }));
    const shift = `${relu.outputs[0]}.shift`;
    expect([...valuesOf(made).get(shift)!]).toEqual([-1, -1, -1, -1]);
    const b = Float32Array.of(-1, 0.25, 0.5, 3);
    const changed = onnxAdapter.write(made, new Map([[shift, b]]));
    const [x, y] = await watch(changed, [relu.inputs[0]!, relu.outputs[0]!]);
    const plane = x!.length / 2 / 4;
    expect(y!.every((value, i) => Math.abs(value - Math.max(x![i]!, b[Math.floor(i / plane) % 4]!)) < 1e-6)).toBe(true);
    expect(new Set(b).size).toBe(4);
  });

  test("deepnet's alpha is a constant on the skip, for post-norm blocks", async () => {
    const made = decodeModel(rewritten("transformer-postln-slice.eval13.onnx", "deepnet"));
    const places = inferRoles(onnxAdapter.toGraph(made)).flatMap(({ branch }) => branch ?? []);
    // Two layers of two branches: (2 * 2)^(1/4).
    for (const { skipFactor } of places) expect(skipFactor).toBeCloseTo(Math.SQRT2, 6);
    const blocks = await residualValues(made);
    for (const [skip, branch, sum] of blocks) {
      expect(sum.every((value, i) => Math.abs(value - (skip[i]! + branch[i]!)) < 1e-5)).toBe(true);
    }
    const before = modelOf("transformer-postln-slice.eval13.onnx").graph.initializers.map(({ name }) => name);
    expect(made.graph.initializers.map(({ name }) => name)).toEqual(before);
  });

  test.each([
    ["resnet-pad.train13.onnx", "skipinit", /BatchNorm/, 7],
    ["transformer-preln-separate.train13.onnx", "t-fixup", /ReduceMean|Sqrt|Pow/, 0],
    ["gpt.eval17.onnx", "t-fixup", /LayerNorm/, 0],
  ] as const)("%s for %s: norms are gone with all their parameters", (name, scheme, ops, biases) => {
    const [model, made] = [modelOf(name), decodeModel(rewritten(name, scheme))];
    const count = ({ graph }: OnnxModel) => graph.nodes.filter(({ opType }) => ops.test(opType)).length;
    expect(count(model)).toBeGreaterThan(0);
    // The mean over the tokens before the head stays.
    expect(count(made)).toBe(name.startsWith("transformer") ? 1 : 0);
    const roles = inspect(encodeModel(made), { scheme });
    expect(roles.filter(({ role }) => role.startsWith("norm"))).toEqual([]);
    expect(made.graph.initializers.some((tensor) => /norm|bn/.test(tensor.name))).toBe(false);
    // Each convolution has a bias of its own instead.
    const convolutions = made.graph.nodes.filter(({ opType }) => opType === "Conv");
    expect(convolutions.filter(({ inputs }) => inputs.length === 3)).toHaveLength(biases);
    expect(convolutions).toHaveLength(biases);
  });
});

describe("around it", () => {
  /** x + W2 relu(W1 x), then a head; `wrap` may change the model. */
  function residual(names: { extra?: string } = {}): OnnxModel {
    const g = new GraphBuilder();
    const x = g.node("Relu", [g.node("MatMul", [g.input("x", "float32", [2, 4]), initializer(g, "stem", [4, 4])])]);
    const inner = g.node("Relu", [g.node("MatMul", [x, initializer(g, "up.weight", [4, 4])])]);
    const branch = g.node("MatMul", [inner, initializer(g, "down.weight", [4, 4])], {}, { outputs: ["branch"] })[0]!;
    const sum = g.node("Add", [x, branch], {}, { outputs: [names.extra ?? "sum"] })[0]!;
    g.output(g.node("MatMul", [sum, initializer(g, "head", [4, 3])]), "float32", [2, 3]);
    return g.build();
  }

  test("the model given stays as it is, and new names are nobody else's", () => {
    const model = encodeModel(residual({ extra: "down.multiplier" }));
    const copy = model.slice();
    const made = decodeModel(initialize(model, { scheme: "rezero", rewrite: true }));
    expect(model).toEqual(copy);
    expect(tensorValues(made.graph.initializers.find(({ name }) => name === "down.multiplier_1")!)).toEqual(
      Float32Array.of(0),
    );
  });

  test("a norm that makes an output of the model is gone, and the output keeps its name", async () => {
    const { graph, ...rest } = residual();
    const vectors = ["norm.weight", "norm.bias"].map((name) => makeTensor(name, [3], Float32Array.of(1, 2, 3)));
    const inputs = [graph.outputs[0]!.name, ...vectors.map(({ name }) => name)];
    const norm = { name: "norm", opType: "LayerNormalization", domain: "", inputs, outputs: ["y"], attributes: [] };
    const outputs = [{ ...graph.outputs[0]!, name: "y" }];
    const initializers = [...graph.initializers, ...vectors];
    const nodes = [...graph.nodes, norm];
    const model = encodeModel({ ...rest, graph: { ...graph, outputs, initializers, nodes } });
    const made = decodeModel(initialize(model, { scheme: "skipinit", rewrite: true }));
    expect(made.graph.outputs.map(({ name }) => name)).toEqual(["y"]);
    expect(made.graph.nodes.some(({ opType }) => opType === "LayerNormalization")).toBe(false);
    expect(made.graph.initializers.some(({ name }) => name.startsWith("norm"))).toBe(false);
    const [head, y] = [await watch(made, [graph.outputs[0]!.name]), await run(made)];
    expect(y).toEqual(head[0]);
  });

  test("a model that has everything is only initialized", () => {
    const once = rewritten("rezero.train13.onnx", "rezero");
    expect(once).toEqual(initialize(bytesOf("rezero.train13.onnx"), { scheme: "rezero", seed: 3 }));
    const twice = initialize(rewritten("resnet-pad.train13.onnx", "skipinit"), {
      scheme: "skipinit",
      rewrite: true,
      seed: 3,
    });
    expect(twice).toEqual(rewritten("resnet-pad.train13.onnx", "skipinit"));
    expect(initialize(bytesOf("gpt.train13.onnx"), { scheme: "kaiming", rewrite: true })).toEqual(
      initialize(bytesOf("gpt.train13.onnx"), { scheme: "kaiming" }),
    );
  });

  test("inspect shows it", () => {
    const found = inspect(bytesOf("resnet-pad.train13.onnx"), { scheme: "skipinit", rewrite: true });
    expect(found.filter(({ role }) => role === "branch-gate").map(({ parameter }) => parameter)).toEqual([
      "blocks.0.conv2.multiplier",
      "blocks.1.conv2.multiplier",
      "blocks.2.conv2.multiplier",
    ]);
  });

  test("before IR version 4 new initializers are inputs too", () => {
    const { graph, ...rest } = residual();
    const inputs = graph.initializers.map(({ name, dims }) => ({ name, elemType: 1, shape: [...dims] }));
    const old = { ...rest, irVersion: 3, graph: { ...graph, inputs: [...graph.inputs, ...inputs] } };
    const made = decodeModel(initialize(encodeModel(old), { scheme: "rezero", rewrite: true }));
    expect(made.graph.inputs.map(({ name }) => name)).toEqual([
      "x",
      "stem",
      "up.weight",
      "down.weight",
      "head",
      "down.multiplier",
    ]);
  });

  test("without rewrite the error says what is missing and what would put it in", () => {
    const call = () => initialize(bytesOf("resnet-pad.train13.onnx"), { scheme: "skipinit" });
    expect(call).toThrow(IdinitError);
    expect(call).toThrow(
      /skipinit needs a network without normalization.*starts at 0; with the option rewrite: true this is done/,
    );
  });

  test.each<[string, SchemeName, RegExp]>([
    ["transformer-preln-separate.train13.onnx", "deepnet", /needs a norm right behind each residual sum/],
    ["mlp.train13.onnx", "rezero", /needs residual branches, but the network has none/],
    ["lstm.train13.onnx", "irnn", /has gates: use a layer without gates/],
  ])("%s for %s: what is no addition stays an error", (name, scheme, message) => {
    for (const rewrite of [true, false]) {
      expect(() => initialize(bytesOf(name), { scheme, rewrite })).toThrow(message);
      expect(() => initialize(bytesOf(name), { scheme, rewrite })).not.toThrow("rewrite: true");
    }
  });

  test("blocks inside a function of the model are refused", () => {
    const { graph, ...rest } = residual();
    const inputs = graph.initializers.map(({ name }) => name);
    const block = {
      name: "Block",
      domain: "own",
      inputs: ["x", ...inputs],
      outputs: graph.outputs.map(({ name }) => name),
      attributes: [],
      attributeDefaults: [],
      nodes: graph.nodes,
      opsetImports: rest.opsetImports,
    };
    const call = {
      name: "call",
      opType: "Block",
      domain: "own",
      inputs: block.inputs,
      outputs: block.outputs,
      attributes: [],
    };
    const opsetImports = [...rest.opsetImports, { domain: "own", version: 1 }];
    const model = encodeModel({ ...rest, opsetImports, functions: [block], graph: { ...graph, nodes: [call] } });
    expect(() => initialize(model, { scheme: "rezero", rewrite: true })).toThrow(
      /rewrite cannot change what is around ".*sum", which is made inside a function/,
    );
  });
});
