/** The gradient of a Softmax whose output is multiplied by narrower values, as in attention. */
import { decodeModel, encodeModel, GraphBuilder } from "@idinit/onnx";
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { buildTrainingModel, createTrainer, sgd } from "../src/index.js";
import { relativeError } from "./support/fixtures.js";

const wave = (size: number, shift: number) => Float32Array.from({ length: size }, (_, i) => Math.sin(1.7 * i + shift));
type Between = (g: GraphBuilder, weights: string) => string;

/** softmax(w) v, with what `between` makes of the weights. */
function network(between: Between, columns = 3): Uint8Array {
  const g = new GraphBuilder({ opset: 17 });
  const v = g.input("v", "float32", [2, 5, columns]);
  const w = g.initializer("w", [2, 4, 5], wave(40, 1));
  g.output(g.node("MatMul", [between(g, g.node("Softmax", [w])), v]), "float32", [2, 4, columns]);
  return encodeModel(g.build());
}

/** Sizes of what is summed over the last axis for the Softmax. */
function summed(bytes: Uint8Array): string[] {
  const { nodes } = decodeModel(buildTrainingModel(bytes, { loss: "mse" }).bytes).graph;
  const products = new Map(nodes.map((node) => [node.outputs[0]!, node]));
  const sums = nodes.filter(({ opType }) => opType === "ReduceSum").map(({ inputs }) => products.get(inputs[0]!));
  return sums.filter((node) => node?.opType === "Mul").map((node) => node!.inputs[1]!);
}

async function gradient(bytes: Uint8Array, columns = 3) {
  const trainer = await createTrainer(bytes, { ort, loss: "mse", optimizer: sgd({ lr: 0.1 }) });
  const batch = { v: wave(10 * columns, 2), target: wave(8 * columns, 3) };
  const found = (await trainer.gradients(batch)).get("w")!;
  await trainer.dispose();
  return found;
}

const asIs: Between = (_, weights) => weights;
/** A Reshape hides the product from the rule. */
const hidden =
  (between: Between): Between =>
  (g, weights) =>
    g.node("Reshape", [between(g, g.node("Reshape", [weights, g.int64s([2, 4, 5])])), g.int64s([2, 4, 5])]);

describe("a Softmax before a product", () => {
  it("sums over the narrower result", () => {
    expect(summed(network(asIs))[0]).toBe("matmul");
    expect(summed(network(asIs, 6))[0]).toBe("softmax");
  });

  it.each<[string, Between]>([
    ["alone", asIs],
    ["with something added", (g, weights) => g.node("Add", [weights, g.scalar(2)])],
    ["used twice", (g, weights) => g.node("Add", [weights, g.node("Mul", [weights, weights])])],
  ])("%s has the gradient of the product's form", async (_, between) => {
    expect(relativeError(await gradient(network(between)), await gradient(network(hidden(between))))).toBeLessThan(
      1e-5,
    );
  });
});
