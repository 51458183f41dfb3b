import { GraphBuilder, graphAttribute, type OnnxFunction, type OnnxModel, stringAttribute } from "@idinit/onnx";
import { describe, expect, test } from "vitest";
import { inspect, onnxAdapter } from "../src/index.js";
import { bytes, constantNode, initializer, mlp } from "./nets.js";

const rolesOf = (model: OnnxModel) => Object.fromEntries(inspect(bytes(model)).map((one) => [one.parameter, one.role]));
const use = (model: OnnxModel, parameter: string) => {
  for (const { slots } of onnxAdapter.toGraph(model).nodes) {
    for (const each of Object.values(slots ?? {})) if (each.parameter === parameter) return each;
  }
  return undefined;
};
const FIRST_AND_HEAD = { w1: "first", w2: "head" };

describe("places that weights are kept in", () => {
  test("initializers", () => expect(rolesOf(mlp(initializer))).toEqual(FIRST_AND_HEAD));
  test("Constant nodes", () => expect(rolesOf(mlp(constantNode))).toEqual(FIRST_AND_HEAD));
  test("inputs with initializers", () => {
    const model = mlp(initializer);
    const inputs = model.graph.initializers.map(({ name, dims }) => ({ name, elemType: 1, shape: dims }));
    const old = { ...model, irVersion: 3, graph: { ...model.graph, inputs: [...model.graph.inputs, ...inputs] } };
    expect(rolesOf(old)).toEqual(FIRST_AND_HEAD);
  });
  test("behind Identity, Cast and two transposes", () => {
    const model = mlp((g, name, dims) => {
      const cast = g.node("Cast", [g.node("Identity", [initializer(g, name, dims)])], { to: 1 });
      return g.node("Transpose", [g.node("Transpose", [cast], { perm: [1, 0] })], { perm: [1, 0] });
    });
    expect(rolesOf(model)).toEqual(FIRST_AND_HEAD);
    expect(use(model, "w1")?.layout).toBe("IO");
  });
  test("behind a transpose: stored [out, in]", () => {
    const model = mlp((g, name, dims) => g.node("Transpose", [initializer(g, name, [...dims].reverse())]));
    expect(use(model, "w1")).toMatchObject({ layout: "OI" });
  });
  test("a cut along out is some rows of the weight", () => {
    const g = new GraphBuilder();
    const x = g.input("x", "float32", [2, 4]);
    const [q, k] = g.node("Split", [initializer(g, "packed", [8, 4])], { axis: 0 }, { outputs: 2 }) as [string, string];
    const product = (w: string) => g.node("Gemm", [x, w], { transB: 1 });
    g.output(g.node("Add", [product(q), product(k)]), "float32");
    const rows = onnxAdapter
      .toGraph(g.build())
      .nodes.flatMap(({ slots }) => (slots?.kernel ? [slots.kernel.rows] : []));
    expect(rows).toEqual([
      [0, 4],
      [4, 4],
    ]);
  });
});

describe("layers in unusual forms", () => {
  test("the weight on the left is [out, in]", () => {
    const g = new GraphBuilder();
    const x = g.input("x", "float32", [4, 2]);
    const hidden = g.node("Relu", [g.node("MatMul", [initializer(g, "w1", [6, 4]), x])]);
    g.output(g.node("MatMul", [initializer(g, "w2", [3, 6]), hidden]), "float32");
    const model = g.build();
    expect(rolesOf(model)).toEqual(FIRST_AND_HEAD);
    expect(use(model, "w1")).toMatchObject({ layout: "OI" });
  });

  test("transposes around convolutions, as TensorFlow's converter writes them", () => {
    const g = new GraphBuilder();
    let x = g.input("x", "float32", [1, 8, 8, 3]);
    for (const [name, dims] of [
      ["w1", [4, 3, 3, 3]] as const,
      ["w2", [4, 4, 3, 3]] as const,
      ["w3", [4, 4, 3, 3]] as const,
    ]) {
      const inner = g.node("Transpose", [x], { perm: [0, 3, 1, 2] });
      const made = g.node("Conv", [inner, initializer(g, name, [...dims])], { pads: [1, 1, 1, 1] });
      const back = g.node("Transpose", [made], { perm: [0, 2, 3, 1] });
      x = name === "w3" ? g.node("Add", [x, back]) : g.node("Relu", [back]);
    }
    const pooled = g.node("ReduceMean", [x], { axes: [1, 2], keepdims: 0 });
    g.output(g.node("MatMul", [pooled, initializer(g, "w4", [4, 3])]), "float32");
    expect(rolesOf(g.build())).toEqual({ w1: "first", w2: "hidden", w3: "branch-last", w4: "head" });
  });

  test("a bias added after MatMul, on either side", () => {
    for (const first of [true, false]) {
      const model = mlp(initializer);
      const g = new GraphBuilder();
      const y = g.node("MatMul", [g.input("x", "float32", [2, 4]), initializer(g, "w", [4, 3])]);
      const b = initializer(g, "b", [3]);
      g.output(g.node("Add", first ? [b, y] : [y, b]), "float32");
      expect(rolesOf(g.build())).toMatchObject({ b: "bias" });
      expect(rolesOf(model)).toEqual(FIRST_AND_HEAD);
    }
  });

  test("an RMS norm, a gated feed-forward and its constants as initializers", () => {
    const g = new GraphBuilder({ opset: 17 });
    const x = g.node("MatMul", [g.input("x", "float32", ["batch", 5, 4]), initializer(g, "stem", [4, 8])]);
    const square = g.node("Pow", [x, g.scalar(2)]);
    const mean = g.node("ReduceMean", [square], { axes: [-1] });
    const root = g.node("Sqrt", [g.node("Add", [mean, g.scalar(1e-5)])]);
    const normed = g.node("Mul", [initializer(g, "norm", [8]), g.node("Div", [x, root])]);
    const gate = g.node("MatMul", [normed, initializer(g, "gate", [8, 16])]);
    const silu = g.node("Mul", [gate, g.node("Sigmoid", [gate])]);
    const up = g.node("MatMul", [normed, initializer(g, "up", [8, 16])]);
    const down = g.node("MatMul", [g.node("Mul", [silu, up]), initializer(g, "down", [16, 8])]);
    g.output(g.node("MatMul", [g.node("Add", [x, down]), initializer(g, "head", [8, 3])]), "float32");
    expect(rolesOf(g.build())).toEqual({
      stem: "first",
      norm: "norm-scale",
      gate: "hidden",
      up: "hidden",
      down: "branch-last",
      head: "head",
    });
  });
});

describe("functions and branches", () => {
  test("model-local functions are inlined, attributes passed on", () => {
    const model = mlp(initializer);
    const linear: OnnxFunction = {
      name: "Linear",
      domain: "local",
      inputs: ["a", "w"],
      outputs: ["r"],
      attributes: ["flip"],
      attributeDefaults: [],
      opsetImports: [{ domain: "", version: 18 }],
      nodes: [
        {
          name: "",
          opType: "Gemm",
          domain: "",
          inputs: ["a", "w"],
          outputs: ["r"],
          attributes: [{ name: "transB", type: "reference", value: "flip", attributeType: 2 }],
        },
      ],
    };
    const nodes = model.graph.nodes.map((node) =>
      node.opType === "MatMul"
        ? { ...node, opType: "Linear", domain: "local", attributes: [{ name: "flip", type: "int" as const, value: 0 }] }
        : node,
    );
    expect(rolesOf({ ...model, functions: [linear], graph: { ...model.graph, nodes } })).toEqual(FIRST_AND_HEAD);
    const loop = { ...linear, nodes: [{ ...linear.nodes[0]!, opType: "Linear", domain: "local" }] };
    expect(() => rolesOf({ ...model, functions: [loop], graph: { ...model.graph, nodes } })).toThrow(
      /function calls are nested deeper/,
    );
  });

  const branching = (inner: (g: GraphBuilder, x: string) => string): OnnxModel => {
    const branch = (make: (g: GraphBuilder, x: string) => string) => {
      const b = new GraphBuilder();
      b.input("pooled", "float32", []);
      b.output(make(b, "pooled"), "float32");
      const { graph } = b.build();
      return { ...graph, inputs: [] };
    };
    const g = new GraphBuilder();
    const x = g.input("x", "float32", ["batch", 4]);
    const flag = g.input("flag", "bool", []);
    g.node("Relu", [g.node("MatMul", [x, initializer(g, "w1", [4, 6])])], {}, { outputs: ["pooled"] });
    const chosen = g.node("If", [flag], {
      then_branch: graphAttribute("then_branch", branch(inner)),
      else_branch: graphAttribute(
        "else_branch",
        branch((b, v) => b.node("Identity", [v], {}, { name: "else" })),
      ),
    });
    g.output(g.node("MatMul", [chosen, initializer(g, "w2", [6, 3])]), "float32");
    return g.build();
  };
  test("an If whose branches only rearrange is passed through", () => {
    expect(rolesOf(branching((b, x) => b.node("Squeeze", [x])))).toEqual(FIRST_AND_HEAD);
  });
  test("an If that computes is an error that names the node", () => {
    expect(() => rolesOf(branching((b, x) => b.node("Tanh", [x])))).toThrow(/node "if".*only running the model tells/);
  });
  test("a node of an unknown domain is opaque, its neighbours are not", () => {
    const model = mlp(initializer);
    const nodes = model.graph.nodes.map((node) =>
      node.opType === "Relu" ? { ...node, opType: "Magic", domain: "x.y" } : node,
    );
    const graph = onnxAdapter.toGraph({ ...model, graph: { ...model.graph, nodes } });
    expect(graph.nodes.map(({ op }) => op)).toEqual(["dense", "opaque", "dense"]);
  });
});

test("attributes of the wrong type are errors that name node and attribute", () => {
  const model = mlp(initializer);
  const nodes = model.graph.nodes.map((node) =>
    node.opType === "MatMul" ? { ...node, opType: "Gemm", attributes: [stringAttribute("transB", "yes")] } : node,
  );
  expect(() => rolesOf({ ...model, graph: { ...model.graph, nodes } })).toThrow(/transB should be int, got string/);
});
