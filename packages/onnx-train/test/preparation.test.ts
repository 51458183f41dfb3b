/** Models as exporters leave them: functions, shape computations, weights as constants and in other files. */
import {
  type Attribute,
  decodeModel,
  encodeModel,
  GraphBuilder,
  intsAttribute,
  makeTensor,
  type OnnxFunction,
  type OnnxModel,
  type OnnxNode,
} from "@idinit/onnx";
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { buildTrainingModel, createTrainer, sgd, type TrainingModelOptions } from "../src/index.js";

const options = { loss: "mse" } as const;
const W = Float32Array.of(1, -2, 3, 0.5, 2, 1);
const X = Float32Array.of(0.3, -0.2, 0.9, 0.4, 0.1, -0.7);

/** y = x w, with more in between. */
function model(make: (g: GraphBuilder, x: string, w: string) => string, opset = 17): OnnxModel {
  const g = new GraphBuilder({ opset });
  const x = g.input("x", "float32", ["batch", 3]);
  g.output(make(g, x, g.initializer("w", [3, 2], W)), "float32");
  return g.build();
}

/** Node types of the training graph. */
const operators = (given: OnnxModel, more: Partial<TrainingModelOptions> = {}) =>
  decodeModel(buildTrainingModel(given, { ...options, ...more }).bytes).graph.nodes.map(({ opType }) => opType);

async function gradients(given: OnnxModel, target: Float32Array) {
  const trainer = await createTrainer(encodeModel(given), { ...options, ort, optimizer: sgd({ lr: 0.1 }) });
  const found = await trainer.gradients({ x: X, target });
  await trainer.dispose();
  return found;
}

const node = (
  opType: string,
  inputs: string[],
  outputs: string[],
  attributes: Attribute[] = [],
  domain = "",
): OnnxNode => ({
  name: "",
  opType,
  domain,
  inputs,
  outputs,
  attributes,
});

const functionOf = (
  name: string,
  inputs: string[],
  outputs: string[],
  nodes: OnnxNode[],
  more: Partial<OnnxFunction> = {},
) => ({
  name,
  domain: "own",
  inputs,
  outputs,
  attributes: [],
  attributeDefaults: [],
  nodes,
  opsetImports: [
    { domain: "", version: 17 },
    { domain: "own", version: 1 },
  ],
  ...more,
});

describe("functions", () => {
  const plain = model((g, x, w) => {
    const y = g.node("Relu", [g.node("MatMul", [x, w])]);
    return g.node("Add", [g.node("Transpose", [g.node("Transpose", [y], { perm: [1, 0] })], { perm: [1, 0] }), y]);
  });
  const turned = functionOf(
    "Turned",
    ["a"],
    ["b"],
    [node("Transpose", ["a"], ["b"], [{ name: "perm", type: "reference", value: "order", attributeType: 7 }])],
    { attributes: ["order"] },
  );
  const layer = functionOf(
    "Layer",
    ["a", "b", "unused"],
    ["y", "a_again"],
    [
      node("MatMul", ["a", "b"], ["t"]),
      node("Relu", ["t"], ["r"]),
      node("Turned", ["r"], ["u"], [intsAttribute("order", [1, 0])], "own"),
      node("Turned", ["u"], ["v"], [intsAttribute("order", [1, 0])], "own"),
      node("Add", ["v", "r"], ["y"]),
    ],
  );
  const calling = (functions: OnnxFunction[]): OnnxModel => ({
    ...model((g, x, w) => g.node("Layer", [x, w], {}, { domain: "own" })),
    functions,
  });

  it("are written out with their calls, attributes and left-out inputs", async () => {
    const target = new Float32Array(4);
    const found = await gradients(calling([layer, turned]), target);
    expect(found).toEqual(await gradients(plain, target));
  });

  it("that lack an attribute, call themselves or are of an opset of other meaning are errors", () => {
    const lacking = { ...layer, nodes: [node("Turned", ["a"], ["y"], [], "own")] };
    expect(() => operators(calling([lacking, turned]))).toThrow('lacks the attribute "order"');
    const endless = { ...layer, nodes: [node("Layer", ["a", "b"], ["y"], [], "own")] };
    expect(() => operators(calling([endless]))).toThrow('function "Layer" calls itself');
    const newer = { ...layer, opsetImports: [{ domain: "", version: 18 }] };
    expect(() => operators(calling([newer, turned]))).toThrow('function "Layer" is of opset 18, the model of 17');
  });
});

describe("shape computations", () => {
  /** Shape -> Gather -> Concat -> Reshape, as PyTorch writes x.reshape(x.shape[0], 2, -1). */
  const reshaping = model((g, x, w) => {
    const y = g.node("MatMul", [x, w]);
    const rows = g.node("Gather", [g.node("Shape", [y]), g.int64s([0])], { axis: 0 });
    const shape = g.node("Concat", [rows, g.int64s([1]), g.int64s([-1])], { axis: 0 });
    return g.node("Reshape", [y, shape]);
  });

  it("are constants where the sizes are known", () => {
    const found = operators(reshaping, { batchSize: 2 });
    for (const op of ["Shape", "Gather", "Concat"]) expect(found).not.toContain(op);
  });

  it("stay where the batch is open, which may differ from step to step", async () => {
    expect(operators(reshaping)).toContain("Gather");
    const trainer = await createTrainer(encodeModel(reshaping), { ...options, ort, optimizer: sgd({ lr: 0.1 }) });
    for (const batch of [2, 1])
      expect((await trainer.step({ x: X.slice(0, 3 * batch), target: new Float32Array(2 * batch) })).diverged).toBe(
        false,
      );
    await trainer.dispose();
  });

  it("of masks and positions reach through comparisons, ranges and choices", () => {
    const masked = model((g, x, w) => {
      const size = g.node("Gather", [g.node("Shape", [w]), g.scalar(1, "int64")], { axis: 0 });
      const places = g.node("Range", [g.scalar(0, "int64"), size, g.scalar(1, "int64")]);
      const picked = g.node("Where", [g.node("Less", [places, g.scalar(1, "int64")]), g.int64s([1]), places]);
      return g.node("Gather", [g.node("MatMul", [x, w]), picked], { axis: 1 });
    });
    const found = operators(masked, { batchSize: 2 });
    for (const op of ["Range", "Less", "Where", "Shape"]) expect(found).not.toContain(op);
  });

  it("may have values called like those of the training graph", async () => {
    const given = model((g, x, w) => {
      const normed = g.node("MeanVarianceNormalization", [g.node("MatMul", [x, w])], { axes: [1] });
      return g.node("Sin", g.node("Relu", [normed], {}, { outputs: ["train/ReduceMean_0"] }));
    });
    expect((await gradients(given, new Float32Array(4))).get("w")).toHaveLength(6);
  });

  it("leave open sizes their names where onnxruntime would lose them", () => {
    const given = model((g, x, w) => {
      const [left, right] = g.node("Split", [g.node("MatMul", [x, w])], { axis: 1 }, { outputs: 2 });
      return g.node("Add", [g.node("Sin", [left!]), g.node("Cos", [right!])]);
    });
    const { valueInfo } = decodeModel(buildTrainingModel(given, options).bytes).graph;
    expect(valueInfo.map(({ shape }) => shape)).toContainEqual(["batch", 1]);
  });

  it("leave out what no output needs", () => {
    const found = operators(
      model((g, x, w) => {
        g.node("Sin", [x]);
        return g.node("MatMul", [x, w]);
      }),
    );
    expect(found).not.toContain("Sin");
  });
});

describe("weights", () => {
  const constantModel = () => {
    const g = new GraphBuilder({ opset: 17 });
    const x = g.input("x", "float32", ["batch", 3]);
    const constant = (name: string, dims: number[], values: Float32Array) =>
      g.node("Constant", [], { value: makeTensor("", dims, values) }, { outputs: [name] })[0]!;
    const scaled = g.node("Mul", [x, constant("mean", [3], Float32Array.of(1, 2, 3))]);
    const product = g.node("MatMul", [scaled, constant("w", [3, 2], W)]);
    g.output(
      g.node("Add", [product, constant("b", [2], Float32Array.of(1, 2))], {}, { outputs: ["y"] })[0]!,
      "float32",
      ["batch", 2],
    );
    return g.build();
  };

  it("that are Constant nodes are parameters, other constants only where they are asked for", () => {
    const trained = (trainable?: TrainingModelOptions["trainable"]) => [
      ...buildTrainingModel(constantModel(), { ...options, trainable }).info.gradients.keys(),
    ];
    expect(trained()).toEqual(["w", "b"]);
    expect(trained(["mean"])).toEqual(["mean"]);
    expect(trained((name) => name !== "b")).toEqual(["w"]);
  });

  it("that are Constant nodes are exported as trained", async () => {
    const trainer = await createTrainer(constantModel(), { ...options, ort, optimizer: sgd({ lr: 0.1 }) });
    await trainer.step({ x: X, target: new Float32Array(4) });
    const predicted = (await trainer.predict({ x: X })).y!.data;
    const session = await ort.InferenceSession.create(await trainer.export());
    expect((await session.run({ x: new ort.Tensor("float32", X, [2, 3]) })).y!.data).toEqual(predicted);
    await trainer.dispose();
  });

  it("in other files are supplied by location", async () => {
    const inside = model((g, x, w) => g.node("MatMul", [x, w]));
    const outside = { ...inside, graph: { ...inside.graph } };
    const external = { location: "weights.bin", offset: "4", length: "24" };
    outside.graph.initializers = inside.graph.initializers.map(({ data: _, ...rest }) => ({ ...rest, external }));
    const bytes = new Uint8Array(28);
    bytes.set(new Uint8Array(W.buffer), 4);
    const trainer = await createTrainer(encodeModel(outside), {
      ...options,
      ort,
      optimizer: sgd({ lr: 0.1 }),
      externalData: { "weights.bin": bytes },
    });
    expect((await trainer.parameters()).get("w")).toEqual(W);
    await trainer.dispose();
    expect(() => buildTrainingModel(outside, options)).toThrow(
      'tensor "w" is stored in "weights.bin", which externalData does not have',
    );
  });
});

describe("attention masks", () => {
  const trained = (given: OnnxModel, trainable?: TrainingModelOptions["trainable"]) => [
    ...buildTrainingModel(given, { ...options, trainable, batchSize: 2 }).info.gradients.keys(),
  ];
  /** softmax(scores) w, the scores from x x^T and a stored tensor of these values. */
  const attention = (values: number[], mask: (g: GraphBuilder, scores: string, stored: string) => string) =>
    model((g, x, w) => {
      const scores = g.node("MatMul", [x, g.node("Transpose", [x], { perm: [1, 0] })]);
      const stored = g.initializer("stored", [1, 2, 2], Float32Array.from(values));
      const masked = mask(g, scores, g.node("Squeeze", [stored, g.int64s([0])]));
      return g.node("MatMul", [g.node("Softmax", [masked]), g.node("MatMul", [x, w])]);
    });
  const added = (g: GraphBuilder, scores: string, stored: string) => g.node("Add", [scores, stored]);
  /** s b - 10000 (1 - b). */
  const mixed = (g: GraphBuilder, scores: string, stored: string) =>
    g.node("Sub", [
      g.node("Mul", [scores, stored]),
      g.node("Mul", [g.node("Sub", [g.scalar(1), stored]), g.scalar(1e4)]),
    ]);

  it.each([
    ["minus infinity, added", [0, -Infinity, 0, 0], added],
    ["a large negative number, added", [0, -1e4, 0, 0], added],
    ["Swin's -100, added", [0, -100, -100, 0], added],
    ["ones and zeros", [1, 0, 1, 1], mixed],
  ])("are no parameters unless they are named: %s", (_title, values, mask) => {
    const given = attention(values, mask);
    expect(trained(given)).toEqual(["w"]);
    expect(trained(given, (_name, dims) => dims.length > 0)).toEqual(["w"]);
    expect(trained(given, ["stored", "w"])).toContain("stored");
  });

  it.each([
    ["a table of biases", [0, -0.5, 1, 0], added],
    ["biases of one size", [0, -20, 0, 0], added],
    ["one that is all zeros yet", [0, 0, 0, 0], added],
    ["zeros and ones that multiply as a matrix", [1, 0, 0, 1], (g, s, b) => g.node("MatMul", [s, b])],
  ] as [string, number[], typeof added][])("are not taken for what is learned: %s", (_title, values, use) => {
    expect(trained(attention(values, use)).sort()).toEqual(["stored", "w"]);
  });

  it("act on a Softmax: elsewhere zeros and ones are weights", () => {
    const given = model((g, x, w) =>
      g.node("Mul", [g.node("MatMul", [x, w]), g.initializer("stored", [1, 2], Float32Array.of(0, 1))]),
    );
    expect(trained(given).sort()).toEqual(["stored", "w"]);
  });
});

describe("models that cannot train say why", () => {
  const integer = (g: GraphBuilder) => g.initializer("table", [3], BigInt64Array.of(1n, 2n, 3n));

  it.each([
    [
      "no float parameters",
      model((g) => g.node("Cast", [integer(g)], { to: 1 })),
      /depends on no trainable float32 initializer: no path leads from one to it/,
    ],
    [
      "an integer-only path",
      model((g, x, w) =>
        g.node("Cast", [g.node("ArgMax", [g.node("MatMul", [x, w])], {}, { name: "best" })], { to: 1 }),
      ),
      /no gradient passes through "best" \(ArgMax\), which every path from a parameter crosses/,
    ],
    [
      "a step function on every path",
      model((g, x, w) => g.node("Mul", [x, g.node("Round", [g.node("ReduceMax", [w])], {}, { name: "step" })])),
      /no gradient passes through "step" \(Round\)/,
    ],
    [
      "attention to what was computed before",
      model((g, x, w) => {
        const y = g.node("Unsqueeze", [g.node("MatMul", [x, w]), g.int64s([0, 1])]);
        return g.node("Attention", [y, y, y, undefined, y, y], {}, { name: "a" });
      }, 23),
      /"a" \(Attention\): keys and values of the past are for generation/,
    ],
  ])("%s", (_title, given, message) => {
    expect(() => operators(given)).toThrow(message);
  });

  it("without any float initializer", () => {
    const g = new GraphBuilder({ opset: 17 });
    const x = g.input("x", "float32", [3]);
    g.output(g.node("Mul", [x, g.node("Cast", [integer(g)], { to: 1 })]), "float32", [3]);
    expect(() => operators(g.build())).toThrow("the model has int64 ones only");
  });

  it("with every node at once, whether its operator, its form or its shape is the reason", () => {
    const given = model((g, x, w) => {
      const y = g.node("Unsqueeze", [g.node("MatMul", [x, w]), g.int64s([0, 1])]);
      const cropped = g.node(
        "Resize",
        [y, undefined, undefined, g.int64s([1, 1, 4, 4])],
        { mode: "linear", antialias: 1 },
        { name: "smooth" },
      );
      const looped = g.node("Det", [cropped], {}, { name: "det" });
      return g.node("Mul", [looped, g.node("Einsum", [w], { equation: "ii->" }, { name: "trace" })]);
    }, 18);
    expect(() => operators(given, { batchSize: 2 })).toThrow(
      /no gradient for 3 node\(s\): "det" \(Det\): .*; "trace" \(Einsum\): a letter twice.*; "smooth" \(Resize\): antialias/,
    );
  });
});
