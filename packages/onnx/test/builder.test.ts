import { describe, expect, test } from "vitest";
import {
  elementCount,
  GraphBuilder,
  getFloat,
  getInt,
  getInts,
  getString,
  makeTensor,
  tensorBytes,
  tensorNumbers,
  tensorValues,
} from "../src/index.js";

describe("GraphBuilder", () => {
  test("names are unique, constants are stored once", () => {
    const g = new GraphBuilder();
    const x = g.input("x", "float32", ["batch", 2]);
    expect([g.node("Relu", [x]), g.node("Relu", [x]), g.node("Relu", [x])]).toEqual(["relu", "relu_1", "relu_2"]);
    expect(g.scalar(0.5)).toBe(g.scalar(0.5));
    expect(g.scalar(1)).not.toBe(g.scalar(1, "int32"));
    expect(g.int64s([1])).not.toBe(g.scalar(1, "int64"));
    expect(g.scalar(0)).not.toBe(g.scalar(-0));
    g.output("relu", "float32");
    expect(g.build().graph.initializers).toHaveLength(7);
  });

  test("attributes get the type that ONNX wants", () => {
    const g = new GraphBuilder();
    const x = g.input("x", "float32", []);
    g.output(
      g.node("Thing", [x], {
        alpha: 1,
        axis: 1,
        axes: [0, 1],
        mode: "linear",
        left: undefined,
        p: { type: "float", value: 2 },
      }),
      "float32",
    );
    const node = g.build().graph.nodes[0]!;
    expect(getFloat(node, "alpha")).toBe(1);
    expect(getInt(node, "axis", 0)).toBe(1);
    expect(getInt(node, "left", 7)).toBe(7);
    expect(getInts(node, "axes")).toEqual([0, 1]);
    expect(getString(node, "mode", "")).toBe("linear");
    expect(getFloat(node, "p")).toBe(2);
    expect(node.attributes).toHaveLength(5);
    expect(() => getInt(node, "alpha")).toThrow(/"thing" \(Thing\): attribute alpha should be int, got float/);
  });

  test("mistakes are errors", () => {
    const g = new GraphBuilder();
    const x = g.input("x", "float32", []);
    expect(() => g.input("x", "float32", [])).toThrow(/taken/);
    expect(() => g.initializer("x", [1], new Float32Array(1))).toThrow(/taken/);
    expect(() => g.initializer("w", [2], new Float32Array(1))).toThrow(/"w" of shape \[2\] needs 2 values, got 1/);
    expect(() => g.node("Add", [x, "y"])).toThrow(/input "y" is not a value/);
    expect(() => g.output("y", "float32")).toThrow(/"y" is not a value/);
    expect(() => g.build()).toThrow(/at least one output/);
    expect(g.node("Split", [x], {}, { outputs: ["a", ""] })).toEqual(["a", ""]);
  });
});

describe("tensors", () => {
  test("unaligned data is read, also from a Node Buffer", () => {
    const bytes = Buffer.alloc(13);
    bytes.writeFloatLE(1.5, 1);
    bytes.writeFloatLE(-2, 5);
    bytes.writeFloatLE(3, 9);
    const tensor = { name: "t", dims: [3], dataType: 1, data: bytes.subarray(1) };
    expect(Array.from(tensorValues(tensor) as Float32Array)).toEqual([1.5, -2, 3]);
  });

  test("lengths, types and dimensions are checked", () => {
    const tensor = makeTensor("t", [2, 3], new Float32Array(6));
    expect(() => tensorValues({ ...tensor, dims: [2, 2] })).toThrow(/"t" of float32\[2, 2\] needs 16 bytes, got 24/);
    expect(() => tensorValues({ ...tensor, dims: [-1, 6] })).toThrow(/integers >= 0/);
    expect(() => tensorValues({ ...tensor, dims: [2 ** 30, 2 ** 30] })).toThrow(/integers >= 0/);
    expect(() => tensorValues({ ...tensor, dataType: 8 })).toThrow(/string cannot be read/);
    expect(() => tensorValues({ ...tensor, dataType: 99 })).toThrow(/type 99 cannot be read/);
    expect(() => makeTensor("t", [6], new Float32Array(6), 10)).toThrow(/cannot hold float16/);
    expect(() => tensorNumbers(makeTensor("t", [1], BigInt64Array.of(2n ** 60n + 1n)))).toThrow(/does not fit/);
    expect(tensorNumbers(makeTensor("t", [2], BigInt64Array.of(-3n, 2n ** 63n - 1n)))).toEqual([-3, 2 ** 63]);
    expect(elementCount([])).toBe(1);
  });

  test("external data is a view, and only found under its own location", () => {
    const file = new Uint8Array([0, 1, 2, 3]);
    const tensor = { name: "t", dims: [2], dataType: 2, external: { location: "f", offset: "1", length: "2" } };
    expect(tensorBytes(tensor, { f: file })).toEqual(file.subarray(1, 3));
    expect(() => tensorBytes({ ...tensor, external: { location: "constructor" } }, { f: file })).toThrow(
      /does not have \(given: f\)/,
    );
  });
});
