import {
  decodeModel,
  encodeModel,
  GraphBuilder,
  makeTensor,
  OnnxError,
  type OnnxModel,
  tensorValues,
} from "@idinit/onnx";
import { describe, expect, test } from "vitest";
import { initialize, inspect, onnxAdapter } from "../src/index.js";
import { modelOf, names } from "./fixtures.js";
import { bytes, constantNode, initializer, mlp } from "./nets.js";

const { read, write } = onnxAdapter;
const tensorsOf = (model: OnnxModel) => new Map(model.graph.initializers.map((tensor) => [tensor.name, tensor]));

describe("writing", () => {
  test.each(names.filter((name) => !/merged|dynamic|postln|preln/.test(name)))(
    "%s: only the written tensor changes",
    (name) => {
      const model = modelOf(name);
      const [parameter, present] = [...read(model)].at(-1)!;
      const written = decodeModel(encodeModel(write(model, new Map([[parameter, present.map((v) => v + 1)]]))));
      expect(read(written).get(parameter)).toEqual(present.map((v) => v + 1));
      const restored = write(written, new Map([[parameter, present]]));
      expect(Buffer.compare(encodeModel(restored), encodeModel(model))).toBe(0);
    },
  );

  test("Constant nodes are written in place", () => {
    const model = mlp(constantNode);
    const written = write(model, new Map([["w2", new Float32Array(18).fill(0.5)]]));
    expect(written.graph.nodes.map(({ opType }) => opType)).toEqual(model.graph.nodes.map(({ opType }) => opType));
    expect(read(written).get("w2")).toEqual(new Float32Array(18).fill(0.5));
    expect(read(written).get("w1")).toEqual(read(model).get("w1"));
    expect(read(model).get("w2")).not.toEqual(read(written).get("w2"));
  });

  test("initializers merged by chance are split, the others keep their values", () => {
    const model = modelOf("resnet-merged.preserve13.onnx");
    const identities = model.graph.nodes
      .filter(({ opType }) => opType === "Identity")
      .map(({ inputs, outputs }) => [outputs[0]!, inputs[0]!] as const);
    expect(identities.length).toBeGreaterThan(3);
    const before = read(model);
    const [alias, original] = identities.find(([name]) => before.has(name))!;
    const values = before.get(alias)!.map((v) => v + 2);
    const written = decodeModel(encodeModel(write(model, new Map([[alias, values]]))));
    const after = read(written);
    expect(after.get(alias)).toEqual(values);
    expect(new Set(after.keys())).toEqual(new Set(before.keys()));
    for (const [name, present] of before) if (name !== alias) expect(after.get(name)).toEqual(present);
    const other = read(write(model, new Map([[original, values]])));
    expect(other.get(alias)).toEqual(before.get(alias));
  });

  test("a head that is a transposed copy of the embedding follows it", () => {
    const model = modelOf("gpt.eval17.onnx");
    const copies = [...tensorsOf(model).values()].filter(({ dims }) => dims.join() === "8,11");
    expect(copies).toHaveLength(1);
    const table = Float32Array.from({ length: 88 }, (_, i) => i);
    const copy = tensorsOf(write(model, new Map([["embed.weight", table]]))).get(copies[0]!.name)!;
    const values = tensorValues(copy) as Float32Array;
    for (let r = 0; r < 11; r++) for (let c = 0; c < 8; c++) expect(values[c * 11 + r]).toBe(r * 8 + c);
  });

  test("unknown names, wrong lengths and other types are refused, before anything is written", () => {
    const model = mlp(initializer);
    const good = ["w1", new Float32Array(24)] as const;
    expect(() => write(model, new Map([good, ["w3", new Float32Array(1)]]))).toThrow(/no parameter "w3"/);
    expect(() => write(model, new Map([good, ["w2", new Float32Array(1)]]))).toThrow(
      /"w2" of shape \[6, 3\] has 18 elements, got 1/,
    );
    expect(read(model).get("w1")![0]).not.toBe(0);
  });
});

describe("external data", () => {
  const model = mlp(initializer);
  const [first, ...others] = model.graph.initializers;
  const file = new Uint8Array(8 + first!.data!.length);
  file.set(first!.data!, 8);
  const { data: _, ...bare } = first!;
  const external = (entries: Record<string, string>): OnnxModel => ({
    ...model,
    graph: { ...model.graph, initializers: [{ ...bare, external: entries }, ...others] },
  });

  test("is read by location, offset and length, and is inside afterwards", () => {
    const stored = external({ location: "sub/w.bin", offset: "8", length: String(first!.data!.length) });
    const made = decodeModel(
      initialize(bytes(stored), { initializers: { w1: "leave" }, externalData: { "sub/w.bin": file } }),
    );
    expect(tensorValues(made.graph.initializers[0]!)).toEqual(tensorValues(first!));
  });

  test.each([
    [{ location: "w.bin" }, /"w1" is stored in "w.bin", which externalData does not have/],
    [{ location: "../w.bin" }, /"w1".*"\.\."/],
    [{ location: "a/../../w.bin" }, /"w1".*"\.\."/],
    [{ location: "/etc/passwd" }, /"w1".*absolute/],
    [{ location: "C:\\w.bin" }, /"w1".*absolute/],
    [{ location: "a\\w.bin" }, /"w1".*backslash/],
    [{ location: "https://x/w.bin" }, /"w1".*URL/],
    [{ location: "sub/w.bin", offset: "9999" }, /bytes 9999 to/],
    [{ location: "sub/w.bin", offset: "-1" }, /offset should be an integer/],
    [{ location: "sub/w.bin", length: "5" }, /needs 96 bytes, got 5/],
    [{}, /location undefined is missing/],
  ])("%j is an error", (entries, message) => {
    const stored = bytes(external(entries as unknown as Record<string, string>));
    expect(() => inspect(stored, { externalData: { "sub/w.bin": file } })).toThrow(message);
    expect(() => inspect(stored, { externalData: { "sub/w.bin": file } })).toThrow(OnnxError);
  });
});

describe("models that cannot be served", () => {
  test("float16 weights behind a Cast", () => {
    const model = mlp((g, name, dims) => {
      const tensor = makeTensor(name, dims, new Uint16Array(dims.reduce((a, b) => a * b, 1)), 10);
      return g.node("Cast", [g.initializer(tensor)], { to: 1 });
    });
    expect(() => initialize(bytes(model))).toThrow(/"w1".*float32.*float16/);
    expect(() => write(model, new Map([["w1", new Float32Array(24)]]))).toThrow(
      /"w1" must be float32 to be written, got float16/,
    );
  });

  test("int8 weights behind DequantizeLinear", () => {
    const model = mlp((g, name, dims) => {
      const tensor = makeTensor(
        name,
        dims,
        Int8Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => i),
      );
      return g.node("DequantizeLinear", [g.initializer(tensor), g.scalar(0.1)]);
    });
    expect(() => initialize(bytes(model))).toThrow(/"w1".*float32.*int8/);
  });

  test("no weights", () => {
    const g = new GraphBuilder();
    g.output(g.node("Relu", [g.input("x", "float32", [2])]), "float32");
    expect(() => initialize(bytes(g.build()))).toThrow(/no parameters/);
  });

  test("a cycle", () => {
    const model = mlp(initializer);
    const nodes = model.graph.nodes.map((node) => (node.opType === "Relu" ? { ...node, inputs: ["y"] } : node));
    expect(() => inspect(bytes({ ...model, graph: { ...model.graph, nodes } }))).toThrow(
      /reads "y", which no earlier node/,
    );
  });

  test("truncated bytes, at every length", () => {
    const whole = bytes(mlp(initializer));
    for (let length = 0; length < whole.length; length++) {
      expect(() => inspect(whole.subarray(0, length)), `${length} bytes`).toThrow(/./);
    }
  });
});
