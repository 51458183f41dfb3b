/** What core cannot see in the wiring: numbers of heads and constant factors. */
import { inferRoles } from "@idinit/core/graph";
import { GraphBuilder } from "@idinit/onnx";
import { describe, expect, test } from "vitest";
import { initialize, onnxAdapter } from "../src/index.js";
import { bytesOf, modelOf } from "./fixtures.js";
import { initializer } from "./nets.js";

describe("heads", () => {
  // Every attention of the exported networks has two.
  test.each([
    "transformer-preln-separate.train13.onnx",
    "transformer-preln-chunk.eval17.onnx",
    "transformer-postln-slice.eval13.onnx",
    "transformer-postln-reshape.eval13.onnx",
    "transformer-dynamic.eval17.onnx",
    "torch-preln.eval17.onnx",
    "torch-postln.train13.onnx",
    "gpt.train13.onnx",
    "vit-dynamic.eval13.onnx",
  ])("%s", (name) => {
    const heads = inferRoles(onnxAdapter.toGraph(modelOf(name))).flatMap(({ attention }) => attention?.heads ?? []);
    expect(new Set(heads)).toEqual(new Set([2]));
    expect(initialize(bytesOf(name), { scheme: "mimetic" }).length).toBeGreaterThan(0);
  });

  test("where nothing but the open batch size tells, the scheme asks", () => {
    expect(() => initialize(bytesOf("torch-preln-dynamic.train17.onnx"), { scheme: "mimetic" })).toThrow(
      /nothing says how many heads .* pass mimetic\(\{ heads \}\)/,
    );
  });
});

describe("constant factors", () => {
  const factorsOf = (make: (g: GraphBuilder, x: string) => string) => {
    const g = new GraphBuilder();
    const x = g.node("MatMul", [g.input("x", "float32", [2, 4]), initializer(g, "w", [4, 4])]);
    g.output(g.node("MatMul", [make(g, x), initializer(g, "z", [4, 3])]), "float32");
    return onnxAdapter.toGraph(g.build()).nodes.flatMap(({ attributes }) => attributes?.factor ?? []);
  };
  const constant = (g: GraphBuilder, ...values: number[]) =>
    g.node("Constant", [], values.length === 1 ? { value_float: values[0]! } : { value_floats: values });

  test.each<[string, (g: GraphBuilder, x: string) => string, number[]]>([
    ["a product, on the right", (g, x) => g.node("Mul", [x, constant(g, 1.5)]), [1.5]],
    ["a product, on the left", (g, x) => g.node("Mul", [constant(g, 1.5), x]), [1.5]],
    ["a quotient", (g, x) => g.node("Div", [x, constant(g, 4)]), [0.25]],
    ["a number behind an Identity", (g, x) => g.node("Mul", [x, g.node("Identity", [constant(g, 2)])]), [2]],
    ["a reciprocal", (g, x) => g.node("Div", [constant(g, 4), x]), []],
    ["a sum", (g, x) => g.node("Add", [x, constant(g, 4)]), []],
    ["a division by zero", (g, x) => g.node("Div", [x, constant(g, 0)]), []],
  ])("%s", (_, make, factors) => expect(factorsOf(make)).toEqual(factors));
});
