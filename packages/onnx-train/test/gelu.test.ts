/** Gelu written as five nodes around Erf. */
import { decodeModel, GraphBuilder, type OnnxModel } from "@idinit/onnx";
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { buildTrainingModel, createTrainer, sgd } from "../src/index.js";
import { relativeError } from "./support/fixtures.js";

type Form = (g: GraphBuilder, x: string, number: (value: number) => string) => string;

const erf = (g: GraphBuilder, scaled: string) => g.node("Erf", [scaled]);

const forms: Record<string, Form> = {
  "quotient, half last": (g, x, number) => {
    const e = g.node("Add", [erf(g, g.node("Div", [x, number(Math.SQRT2)])), number(1)]);
    return g.node("Mul", [g.node("Mul", [x, e]), number(0.5)]);
  },
  "product, half before x": (g, x, number) => {
    const e = g.node("Add", [number(1), erf(g, g.node("Mul", [number(Math.SQRT1_2), x]))]);
    return g.node("Mul", [g.node("Mul", [number(0.5), e]), x]);
  },
  "half of x first": (g, x, number) => {
    const half = g.node("Mul", [x, number(0.5)]);
    const e = g.node("Add", [erf(g, g.node("Div", [x, number(Math.SQRT2)])), number(1)]);
    return g.node("Mul", [half, e]);
  },
};

const unlike: Record<string, Form> = {
  "another factor": (g, x, number) => {
    const e = g.node("Add", [erf(g, g.node("Div", [x, number(Math.SQRT2)])), number(1)]);
    return g.node("Mul", [g.node("Mul", [x, e]), number(0.6)]);
  },
  "another scale": (g, x, number) => {
    const e = g.node("Add", [erf(g, g.node("Div", [x, number(1.4)])), number(1)]);
    return g.node("Mul", [g.node("Mul", [x, e]), number(0.5)]);
  },
  "error used twice": (g, x, number) => {
    const error = erf(g, g.node("Div", [x, number(Math.SQRT2)]));
    const y = g.node("Mul", [g.node("Mul", [x, g.node("Add", [error, number(1)])]), number(0.5)]);
    return g.node("Add", [y, error]);
  },
};

/** y = form(x w). Numbers in vectors are not taken for the function's constants. */
function model(form: Form, dims: readonly number[] = []): OnnxModel {
  const g = new GraphBuilder({ opset: 17 });
  const x = g.input("x", "float32", [5, 2]);
  const w = g.initializer("w", [2, 3], Float32Array.of(1, -2, 0.3, 0.5, 2, -1));
  const number = (value: number) => g.constant(dims, Float32Array.of(value));
  g.output(form(g, g.node("MatMul", [x, w]), number), "float32", [5, 3]);
  return g.build();
}

const isWhole = (given: OnnxModel) =>
  decodeModel(buildTrainingModel(given, { loss: "mse" }).bytes).graph.nodes.some(
    ({ opType }) => opType === "HardSigmoid",
  );

async function gradient(given: OnnxModel) {
  const trainer = await createTrainer(given, { ort, loss: "mse", optimizer: sgd({ lr: 0.1 }), trainable: ["w"] });
  const x = Float32Array.of(0.3, -0.2, 0.9, 0.4, 0.1, -0.7, -1.8, 1.4, 0, 0);
  const found = await trainer.gradients({ x, target: Float32Array.from({ length: 15 }, (_, i) => Math.sin(i)) });
  await trainer.dispose();
  return found.get("w")!;
}

describe("Gelu in five nodes", () => {
  it.each(Object.entries(forms))("%s: has the gradient of its nodes", async (_, form) => {
    const elementary = model(form, [1]);
    expect([isWhole(model(form)), isWhole(elementary)]).toEqual([true, false]);
    expect(relativeError(await gradient(model(form)), await gradient(elementary))).toBeLessThan(2e-6);
  });

  it.each(Object.entries(unlike))("%s: is left as it is", (_, form) => {
    expect(isWhole(model(form))).toBe(false);
  });
});
