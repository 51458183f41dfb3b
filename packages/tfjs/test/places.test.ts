/** What core cannot see in the wiring: numbers of heads and constant factors. */
import { inferRoles } from "@idinit/core/graph";
import { input, layers, model, type SymbolicTensor } from "@tensorflow/tfjs-layers";
import { expect, test } from "vitest";
import { toGraph } from "../src/graph.js";
import { initialize } from "../src/index.js";
import { apply, transformer } from "./models.js";

test("attention of stock layers has one head, and mimetic needs no more to be told", () => {
  const heads = inferRoles(toGraph(transformer())).flatMap(({ attention }) => attention?.heads ?? []);
  expect(heads).toEqual([1, 1, 1, 1]);
  expect(() => initialize(transformer(), { scheme: "mimetic" })).not.toThrow();
});

test("scores with an axis of heads tell how many; an open one tells nothing", () => {
  const headsOf = (shape: (number | null)[]) => {
    const x = input({ shape });
    const graph = toGraph(model({ inputs: x, outputs: apply(layers.softmax({}), x) }));
    return graph.nodes.find(({ op }) => op === "softmax")!.attributes?.heads;
  };
  expect(headsOf([4, 5, 5])).toBe(4);
  expect(headsOf([null, 5, 5])).toBeUndefined();
  expect(headsOf([5])).toBeUndefined();
});

/** norm(alpha * x + F(x)), twice two branches. */
function postNorm(alpha: number) {
  const dense = (units: number, x: SymbolicTensor) => apply(layers.dense({ units }), x);
  const x = input({ shape: [8] });
  let y = dense(8, x);
  for (let branch = 0; branch < 4; branch++) {
    const skip = apply(layers.rescaling({ scale: alpha, offset: 0 }), y);
    const inner = apply(layers.activation({ activation: "relu" }), dense(16, y));
    y = apply(layers.layerNormalization(), apply(layers.add(), [skip, dense(8, inner)]));
  }
  return model({ inputs: x, outputs: dense(3, y) });
}

test("deepnet sees alpha in a Rescaling layer on the skip", () => {
  expect(() => initialize(postNorm(Math.SQRT2), { scheme: "deepnet" })).not.toThrow();
  expect(() => initialize(postNorm(1.3), { scheme: "deepnet" })).toThrow(/has 1.3 where alpha is 1.41421/);
});
