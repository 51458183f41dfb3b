import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import {
  decodeModel,
  encodeModel,
  GraphBuilder,
  getAttribute,
  getInts,
  OnnxError,
  type OnnxModel,
  tensorValues,
} from "../src/index.js";
import { fixture, text } from "./files.js";

const script = fileURLToPath(new URL("../fixtures/make_models.py", import.meta.url));
const exported = fileURLToPath(new URL("../../onnxruntime/fixtures/", import.meta.url));
const python = ["/usr/bin/python3", "python3"].find((each) => spawnSync(each, ["-c", "import onnx"]).status === 0);
const folder = mkdtempSync(join(tmpdir(), "idinit-onnx-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("round trip", () => {
  test("files that PyTorch exported come back byte for byte", () => {
    const names = readdirSync(exported).filter((name) => name.endsWith(".onnx"));
    expect(names.length).toBeGreaterThan(50);
    for (const name of names) {
      const bytes = readFileSync(join(exported, name));
      expect(Buffer.compare(encodeModel(decodeModel(bytes)), bytes), name).toBe(0);
    }
  });

  test.skipIf(python === undefined)(
    "rare constructs are the same model for onnx (skipped without Python's onnx)",
    () => {
      const path = join(folder, "rare.onnx");
      writeFileSync(path, encodeModel(decodeModel(fixture("rare.onnx"))));
      const original = fileURLToPath(new URL("../fixtures/rare.onnx", import.meta.url));
      expect(spawnSync(python!, [script, "check", original, path]).status).toBe(0);
      // The check can fail.
      const other = decodeModel(fixture("rare.onnx"));
      writeFileSync(path, encodeModel({ ...other, graph: { ...other.graph, name: "other" } }));
      expect(spawnSync(python!, [script, "check", original, path]).status).toBe(1);
    },
  );

  test("decoding again gives the same objects, unknown fields included", () => {
    const model = decodeModel(fixture("rare.onnx"));
    expect(decodeModel(encodeModel(model))).toEqual(model);
    expect(Buffer.from(encodeModel(model)).includes(Buffer.from([0xba, 0x3e, 2, 0x68, 0x69]))).toBe(true);
  });

  test.skipIf(python === undefined)("built models pass onnx's checker (skipped without Python's onnx)", () => {
    const g = new GraphBuilder({ name: "mlp" });
    const x = g.input("x", "float32", ["batch", 4]);
    const h = g.node("Gemm", [x, g.initializer("w", [3, 4], new Float32Array(12)), undefined], { transB: 1, alpha: 1 });
    const [a, b] = g.node("Split", [h, g.int64s([1, 2])], { axis: 1 }, { outputs: 2 });
    g.output(g.node("Concat", [b, g.node("Mul", [a, g.scalar(0.5)])], { axis: 1 }), "float32", ["batch", 3]);
    const path = join(folder, "built.onnx");
    writeFileSync(path, encodeModel(g.build()));
    execFileSync(python!, [
      "-c",
      "import onnx, sys; onnx.checker.check_model(onnx.load(sys.argv[1]), full_check=True)",
      path,
    ]);
  });
});

describe("decoding", () => {
  const rare = decodeModel(fixture("rare.onnx"));

  test("typed lists and raw bytes are the same data", () => {
    const values = JSON.parse(text("typed.json")) as Record<string, string[]>;
    const read = (name: string) => decodeModel(fixture(name)).graph.initializers;
    expect(read("typed.onnx")).toEqual(read("raw.onnx"));
    for (const tensor of read("typed.onnx")) {
      if (tensor.strings) continue;
      const found = Array.from(tensorValues(tensor) as ArrayLike<number | bigint>);
      if (tensor.name === "FLOAT16") expect(found).toEqual([0x3e00, 0xc000, 0]);
      else if (tensor.name === "BOOL") expect(found).toEqual([1, 0, 1]);
      else if (/64/.test(tensor.name)) expect(found.map(String)).toEqual(values[tensor.name]);
      else expect(found).toEqual(values[tensor.name]!.map(Number));
    }
  });

  test("weights are views on the bytes", () => {
    const bytes = fixture("raw.onnx");
    expect(decodeModel(bytes).graph.initializers[0]!.data!.buffer).toBe(bytes.buffer);
  });

  test("shapes, names, attributes, functions, metadata", () => {
    expect(rare.graph.inputs[0]).toMatchObject({
      elemType: 1,
      shape: ["batch", 3, undefined, 0],
      denotations: ["DATA_BATCH", undefined, undefined, undefined],
    });
    expect(rare.graph.inputs[2]!.elemType).toBeUndefined();
    expect(rare.graph.outputs[0]!.shape).toBeUndefined();
    expect(rare.graph.inputs[1]!.shape).toEqual([]);
    const slice = rare.graph.nodes[3]!;
    expect(slice.inputs).toEqual(["d", "", "d"]);
    expect(getInts(slice, "ends")).toEqual([2 ** 63, -(2 ** 63)]);
    expect(rare.functions![0]!.nodes[0]!.attributes[0]).toMatchObject({
      type: "reference",
      value: "slope",
      attributeType: 1,
    });
    expect(Object.entries(rare.metadata)).toEqual([
      ["__proto__", "kept"],
      ["a", "b"],
    ]);
    expect(rare.graph.initializers.find(({ name }) => name === "outside")!.external).toEqual({
      location: "weights.bin",
      offset: "4",
      length: "8",
    });
    expect(getAttribute(rare.graph.nodes[2]!, "sparse_value")!.type).toBe("other");
    expect(getAttribute(rare.graph.nodes[0]!, "then_branch")).toMatchObject({ type: "graph", value: { name: "then" } });
  });

  test("a message that comes twice is merged, a value that comes twice is the last", () => {
    const one = encodeModel(decodeModel(fixture("rare.onnx")));
    const two = decodeModel(new Uint8Array([...one, ...one]));
    expect(two.graph.nodes).toHaveLength(2 * rare.graph.nodes.length);
    expect(two.producerName).toBe("make_models");
  });
});

/** A graph in an If in a graph ..., `levels` deep. */
function nest(levels: number): OnnxModel {
  const g = new GraphBuilder();
  g.output(g.input("x", "float32", []), "float32");
  const model = g.build();
  let graph = model.graph;
  for (let i = 0; i < levels; i++) {
    const attributes = [{ name: "body", type: "graph" as const, value: graph }];
    const node = { name: "", opType: "If", domain: "", inputs: [], outputs: ["y"], attributes };
    graph = { ...model.graph, nodes: [node] };
  }
  return { ...model, graph };
}

describe("limits", () => {
  test("nesting: 100 messages are read, more are an error", () => {
    const bytes = encodeModel(nest(30));
    expect(Buffer.compare(encodeModel(decodeModel(bytes)), bytes)).toBe(0);
    expect(() => encodeModel(nest(40))).toThrow(/nested deeper than 100/);
  });

  test("deeply nested bytes are an error, not a crash", () => {
    let bytes: number[] = [];
    for (let i = 0; i < 3000; i++) {
      for (const tag of [0x32, 0x2a, 0x0a]) {
        const length: number[] = [];
        let rest = bytes.length;
        for (; rest > 0x7f; rest >>>= 7) length.push((rest & 0x7f) | 0x80);
        bytes = [tag, ...length, rest, ...bytes];
      }
      if (bytes.length > 4000) break;
    }
    const head = [0x3a, (bytes.length & 0x7f) | 0x80, bytes.length >>> 7];
    expect(() => decodeModel(new Uint8Array([...head, ...bytes]))).toThrow(/nested deeper than 100/);
  });

  test("integers beyond 2^53 are errors in both directions", () => {
    const model = decodeModel(fixture("raw.onnx"));
    expect(() => encodeModel({ ...model, modelVersion: 2 ** 60 + 1024 })).toThrow(/modelVersion.*2\^53/);
    expect(() => encodeModel({ ...model, modelVersion: 1.5 })).toThrow(OnnxError);
    const huge = [0x28, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40];
    expect(() => decodeModel(new Uint8Array([...huge, ...encodeModel(model)]))).toThrow(
      /does not fit a JavaScript number/,
    );
  });

  test("a length beyond the file is an error that says where", () => {
    expect(() => decodeModel(new Uint8Array([0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f, 1]))).toThrow(
      /byte \d+ of 7, in graph/,
    );
    expect(() => decodeModel(new Uint8Array(0))).toThrow(/no graph/);
  });
});
