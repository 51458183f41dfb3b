/** A framework made of plain objects: dense layers with kernels stored in-first, one residual block, a head. */
import { IdinitError } from "@idinit/core";
import type { Adapter, Graph, GraphNode } from "@idinit/core/graph";
import type { ConformanceCase } from "../src/index.js";

export interface FakeModel {
  readonly weights: Map<string, Float32Array>;
}

const SIZES = { stem: [5, 6], up: [6, 8], down: [8, 6], head: [6, 3] } as const;
type Layer = keyof typeof SIZES;

function makeModel(): FakeModel {
  const weights = new Map<string, Float32Array>();
  for (const [name, [inputs, out]] of Object.entries(SIZES)) {
    weights.set(`${name}/kernel`, new Float32Array(inputs * out).fill(0.5));
    weights.set(`${name}/bias`, new Float32Array(out));
  }
  return { weights };
}

function toGraph(): Graph {
  const dense = (name: Layer, input: string): GraphNode => ({
    name,
    op: "dense",
    inputs: [input],
    outputs: [name],
    slots: { kernel: { parameter: `${name}/kernel`, layout: "IO" }, bias: { parameter: `${name}/bias`, layout: "O" } },
  });
  const relu: GraphNode = {
    name: "relu",
    op: "activation",
    inputs: ["up"],
    outputs: ["relu"],
    attributes: { kind: "relu" },
  };
  const add: GraphNode = { name: "add", op: "add", inputs: ["stem", "down"], outputs: ["add"] };
  return {
    inputs: ["x"],
    outputs: ["head"],
    nodes: [dense("stem", "x"), dense("up", "stem"), relu, dense("down", "relu"), add, dense("head", "add")],
    parameters: Object.entries(SIZES).flatMap(([name, [inputs, out]]) => [
      { name: `${name}/kernel`, shape: [inputs, out] },
      { name: `${name}/bias`, shape: [out] },
    ]),
  };
}

export const fake: Adapter<FakeModel> = {
  name: "fake",
  toGraph,
  read: ({ weights }) => new Map([...weights].map(([name, values]) => [name, values.slice()])),
  write(model, weights) {
    for (const [name, values] of weights) {
      if (model.weights.get(name)?.length !== values.length)
        throw new IdinitError(`fake: no ${name} of length ${values.length}`);
    }
    for (const [name, values] of weights) model.weights.set(name, values.slice());
    return model;
  },
};

function forward({ weights }: FakeModel): number[] {
  const dense = (name: Layer, x: readonly number[]) => {
    const [inputs, out] = SIZES[name];
    const kernel = weights.get(`${name}/kernel`)!;
    return Array.from(weights.get(`${name}/bias`)!, (bias, m) => {
      let sum = bias;
      for (let j = 0; j < inputs; j++) sum += kernel[j * out + m]! * x[j]!;
      return sum;
    });
  };
  const x = dense("stem", [1, -2, 0.5, 3, -0.25]);
  const hidden = dense("up", x).map((value) => Math.max(0, value));
  const branch = dense("down", hidden);
  return dense(
    "head",
    x.map((value, i) => value + branch[i]!),
  );
}

export const residual: ConformanceCase<FakeModel> = {
  name: "residual MLP",
  model: makeModel,
  roles: {
    "stem/kernel": "first",
    "stem/bias": "bias",
    "up/kernel": "hidden",
    "up/bias": "bias",
    "down/kernel": "branch-last",
    "down/bias": "bias",
    "head/kernel": "head",
    "head/bias": "bias",
  },
  forward,
};
