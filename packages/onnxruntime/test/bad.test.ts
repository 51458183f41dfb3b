/** Input that cannot be served: each an error that names tensor, node or byte, and never a weight that silently stays as it is. */
import { IdinitError } from "@idinit/core";
import { encodeModel, GraphBuilder, graphAttribute, makeTensor, OnnxError, type OnnxGraph } from "@idinit/onnx";
import { describe, expect, test } from "vitest";
import { initialize, inspect } from "../src/index.js";
import { initializer, mlp } from "./nets.js";

/** Two dense layers with `middle` between them. */
function around(middle: (g: GraphBuilder, x: string) => string): Uint8Array {
  const g = new GraphBuilder();
  const x = g.input("x", "float32", [2, 4]);
  const hidden = g.node("Relu", [g.node("MatMul", [x, initializer(g, "a", [4, 4])])]);
  g.output(g.node("MatMul", [middle(g, hidden), initializer(g, "z", [4, 3])]), "float32");
  return encodeModel(g.build());
}

const int8 = (g: GraphBuilder, name: string, dims: number[]) =>
  g.initializer(makeTensor(name, dims, new Int8Array(dims.reduce((a, b) => a * b, 1)).fill(3)));

function refuses(bytes: Uint8Array, message: RegExp, kind: typeof IdinitError | typeof OnnxError = IdinitError) {
  expect(() => initialize(bytes)).toThrow(kind);
  expect(() => initialize(bytes)).toThrow(message);
}

describe("bytes that are no model", () => {
  test.each([
    ["a path", "model.onnx", "String"],
    ["null", null, "Null"],
    ["an ArrayBuffer", new ArrayBuffer(8), "ArrayBuffer"],
    ["an array", [8, 7], "Array"],
  ])("%s", (_, bytes, name) =>
    refuses(bytes as unknown as Uint8Array, new RegExp(`bytes as a Uint8Array, got .object ${name}`), OnnxError),
  );
  test("none at all", () => refuses(new Uint8Array(0), /not an ONNX model/, OnnxError));
  test("truncated at every length, and random", () => {
    const whole = encodeModel(mlp(initializer));
    for (let length = 0; length < whole.length; length++) {
      expect(() => inspect(whole.subarray(0, length)), `${length} bytes`).toThrow(OnnxError);
    }
    let state = 1;
    const random = () => {
      state = (state * 1103515245 + 12345) % 2 ** 31;
      return state >> 16;
    };
    for (let i = 0; i < 200; i++) {
      expect(() => inspect(Uint8Array.from({ length: 64 }, random)), `file ${i}`).toThrow(OnnxError);
    }
  });
});

describe("quantized weights", () => {
  test.each<[string, (g: GraphBuilder, w: string) => string]>([
    ["one scale", (g, w) => g.node("DequantizeLinear", [w, g.scalar(0.1)])],
    ["a scale for each channel", (g, w) => g.node("DequantizeLinear", [w, initializer(g, "s", [4])], { axis: 1 })],
    ["a transpose", (g, w) => g.node("Transpose", [g.node("DequantizeLinear", [w, g.scalar(0.1)])])],
  ])("behind DequantizeLinear with %s", (_, real) =>
    refuses(
      around((g, x) => g.node("MatMul", [x, real(g, int8(g, "w8", [4, 4]))])),
      /"w8" must be float32, got int8/,
    ),
  );

  test.each([
    [22, 8, "int4"],
    [17, 16, "float8e4m3fn"],
  ])("of element type %i", (dataType, length, name) =>
    refuses(
      around((g, x) => {
        const w = g.initializer({ name: "w8", dims: [4, 4], dataType, data: new Uint8Array(length) });
        return g.node("MatMul", [x, g.node("DequantizeLinear", [w, g.scalar(0.1)])]);
      }),
      new RegExp(`"w8" must be float32, got ${name}`),
    ),
  );

  test.each<[string, (g: GraphBuilder, x: string, w: string, zero: string) => string]>([
    [
      "MatMulInteger",
      (g, x, w) => {
        const [quantized] = g.node("DynamicQuantizeLinear", [x], {}, { outputs: 3 });
        return g.node("Cast", [g.node("MatMulInteger", [quantized!, w])], { to: 1 });
      },
    ],
    [
      "QLinearMatMul",
      (g, x, w, zero) => {
        const s = g.scalar(0.1);
        const quantized = g.node("QuantizeLinear", [x, s, zero]);
        return g.node("DequantizeLinear", [
          g.node("QLinearMatMul", [quantized, s, zero, w, s, zero, s, zero]),
          s,
          zero,
        ]);
      },
    ],
    [
      "MatMulNBits",
      (g, x, w) => g.node("MatMulNBits", [x, w, initializer(g, "s", [4])], { K: 4, N: 4 }, { domain: "com.microsoft" }),
    ],
  ])("in %s, which multiplies integers", (op, multiply) =>
    refuses(
      around((g, x) => multiply(g, x, int8(g, "w8", [4, 4]), int8(g, "zero", []))),
      new RegExp(`"w8" must be float32, got int8 .*\\(${op}\\).*before quantization`),
    ),
  );

  test("tables of small integers that are no weights are passed over", () => {
    const bytes = around((g, x) => {
      const mask = g.initializer(makeTensor("mask", [2, 4], new Uint8Array(8).fill(1)));
      return g.node("Where", [g.node("Cast", [mask], { to: 9 }), x, g.scalar(0)]);
    });
    expect(inspect(bytes).map(({ parameter }) => parameter)).toEqual(["a", "z"]);
  });
});

describe("weights in the body of a node", () => {
  /** The body of a loop whose state is multiplied by the value that `weight` makes. */
  function loopBody(weight: (b: GraphBuilder) => string): OnnxGraph {
    const b = new GraphBuilder();
    b.input("step", "int64", []);
    const go = b.input("go", "bool", []);
    const state = b.input("state", "float32", [2, 4]);
    b.output(b.node("Identity", [go], {}, { name: "goOn" }), "bool", []);
    b.output(b.node("MatMul", [state, weight(b)], {}, { name: "next" }), "float32", [2, 4]);
    const { graph } = b.build();
    return { ...graph, inputs: graph.inputs.slice(0, 3) };
  }
  const loop = (g: GraphBuilder, x: string, body: OnnxGraph) =>
    g.node("Loop", [g.scalar(3, "int64"), g.scalar(1, "bool"), x], { body: graphAttribute("body", body) });
  const constant = (b: GraphBuilder) =>
    b.node("Constant", [], { value: makeTensor("inner", [4, 4], new Float32Array(16).fill(2)) });

  test.each<[string, (b: GraphBuilder) => string]>([
    ["an initializer", (b) => initializer(b, "inner", [4, 4])],
    ["a Constant node", constant],
    ["int8", (b) => b.node("DequantizeLinear", [int8(b, "inner", [4, 4]), b.scalar(0.1)])],
  ])("Loop: %s", (_, weight) =>
    refuses(
      around((g, x) => loop(g, x, loopBody(weight))),
      /tensor "inner" \(\w+ \[4, 4\]\) is stored inside the body of node "loop" \(Loop\)/,
    ),
  );

  test("Scan in a Loop's body", () => {
    const b = new GraphBuilder();
    const row = b.input("row", "float32", [4]);
    b.output(b.node("MatMul", [row, initializer(b, "deep", [4, 4])]), "float32", [4]);
    const scan = graphAttribute("body", b.build().graph);
    const body = loopBody((l) => l.node("Scan", ["state"], { num_scan_inputs: 1, body: scan }));
    refuses(
      around((g, x) => loop(g, x, body)),
      /tensor "deep" .*inside the body of node "loop"/,
    );
  });

  test("a weight of the model that only a Loop's body reads", () => {
    const body = loopBody((b) => b.input("outer", "float32", [4, 4]));
    refuses(
      around((g, x) => {
        initializer(g, "outer", [4, 4]);
        return loop(g, x, body);
      }),
      /tensor "outer" \(float32 \[4, 4\]\) is used inside the body of node "loop" \(Loop\)/,
    );
  });

  const branches = (make: (b: GraphBuilder, x: string) => string) =>
    around((g, x) => {
      const branch = (name: string) => {
        const b = new GraphBuilder();
        b.output(b.node("Identity", [make(b, b.input("h", "float32", []))], {}, { name }), "float32");
        return graphAttribute(`${name}_branch`, { ...b.build().graph, inputs: [] });
      };
      g.node("Identity", [x], {}, { outputs: ["h"] });
      return g.node("If", [g.scalar(1, "bool")], { then_branch: branch("then"), else_branch: branch("else") });
    });
  test("a branch of an If", () =>
    refuses(
      branches((b, x) => b.node("MatMul", [x, initializer(b, "inner", [4, 4])])),
      /tensor "inner" .*inside the body of node "if" \(If\)/,
    ));
  test("a branch's shapes and bounds are no weights", () => {
    const reshape = branches((b, x) =>
      b.node("Reshape", [x, b.initializer(makeTensor("shape", [2], BigInt64Array.of(2n, 4n)))]),
    );
    expect(inspect(reshape).map(({ role }) => role)).toEqual(["first", "head"]);
  });
});

test("overrides for parameters that do not exist", () => {
  const bytes = encodeModel(mlp(initializer));
  expect(() => inspect(bytes, { roles: { nope: "head" } })).toThrow(/"nope"; there are "w1", "w2"/);
  expect(() => inspect(bytes, { initializers: { nope: "leave" } })).toThrow(/"nope"/);
  expect(() => inspect(bytes, { roles: { w1: "boss" as "head" } })).toThrow(/"boss"/);
});
