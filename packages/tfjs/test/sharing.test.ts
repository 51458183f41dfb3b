/** Layers and models that are used at several places: one role from all uses, or an error that names the places. */
import { IdinitError } from "@idinit/core";
import { inferRoles } from "@idinit/core/graph";
import { type Tensor, tensor, tidy } from "@tensorflow/tfjs-core";
import { input, type LayersModel, layers, model, type SymbolicTensor, sequential } from "@tensorflow/tfjs-layers";
import { describe, expect, test } from "vitest";
import { toGraph } from "../src/graph.js";
import { initialize, inspect, tfjsAdapter } from "../src/index.js";
import { apply } from "./models.js";

const { read } = tfjsAdapter();
const rolesOf = (net: LayersModel) => inspect(net).map(({ parameter, role }) => [parameter, role]);
const dense = (name: string, units: number, activation: "relu" | "linear" = "linear") =>
  layers.dense({ name, units, activation, useBias: false });
const pair = (): [SymbolicTensor, SymbolicTensor] => [
  input({ shape: [6], name: "left" }),
  input({ shape: [6], name: "right" }),
];

describe("a shared layer", () => {
  test("in equal places has their role and is set once", () => {
    const shared = dense("shared", 6, "relu");
    const both = pair();
    const joined = apply(layers.concatenate(), both.map((x) => apply(shared, x)) as SymbolicTensor[]);
    const net = model({ inputs: both, outputs: apply(dense("head", 2), joined) });
    expect(rolesOf(net)).toEqual([
      ["shared/kernel", "first"],
      ["head/kernel", "head"],
    ]);
    expect(inspect(net)[0]?.reason).toContain("2 nodes share it");
    initialize(net, { seed: 1 });
    const equal = Float32Array.of(1, -1, 0.5, 2, 0, 3);
    const [left, right] = tidy(() => {
      const towers = model({
        inputs: both,
        outputs: [shared.getOutputAt(0), shared.getOutputAt(1)] as SymbolicTensor[],
      });
      const [a, b] = towers.predict([tensor([...equal], [1, 6]), tensor([...equal], [1, 6])]) as [Tensor, Tensor];
      return [a.dataSync(), b.dataSync()];
    });
    expect(left).toEqual(right);
  });

  test("in places of different roles is an error that names them, and a role given by name decides", () => {
    const shared = dense("shared", 6);
    const x = input({ shape: [6], name: "x" });
    const middle = apply(dense("middle", 6, "relu"), apply(shared, x));
    const net = model({ inputs: x, outputs: apply(shared, middle) });
    const before = read(net);
    expect(() => initialize(net)).toThrow(IdinitError);
    expect(() => initialize(net)).toThrow(
      '"shared/kernel" is shared and has several roles: first in node "shared", head in node "shared(2)"',
    );
    expect(read(net)).toEqual(before);
    expect(inspect(net, { roles: { "shared/kernel": "hidden" } })[0]).toMatchObject({ role: "hidden" });
  });

  test("an activation layer may follow as many weights as it likes", () => {
    const relu = layers.reLU();
    const x = input({ shape: [6], name: "x" });
    const y = apply(relu, apply(dense("b", 6), apply(relu, apply(dense("a", 6), x))));
    const sites = inferRoles(toGraph(model({ inputs: x, outputs: apply(dense("head", 2), y) })));
    expect(sites.map(({ role, activation }) => [role, activation])).toEqual([
      ["first", "relu"],
      ["hidden", "relu"],
      ["head", "linear"],
    ]);
  });
});

describe("a nested model", () => {
  test("in a nested model, both used twice", () => {
    const leaf = sequential({
      name: "leaf",
      layers: [layers.dense({ name: "fc", units: 6, inputShape: [6], activation: "relu", useBias: false })],
    });
    const inner = input({ shape: [6] });
    const tower = model({
      name: "tower",
      inputs: inner,
      outputs: apply(leaf, apply(leaf, apply(dense("in", 6, "relu"), inner))),
    });
    const both = pair();
    const joined = apply(layers.concatenate(), both.map((x) => apply(tower, x)) as SymbolicTensor[]);
    const net = model({ inputs: both, outputs: apply(dense("head", 2), joined) });
    expect(rolesOf(net)).toEqual([
      ["tower/in/kernel", "first"],
      ["tower/leaf/fc/kernel", "hidden"],
      ["head/kernel", "head"],
    ]);
    expect(inspect(net)[1]?.reason).toContain("4 nodes share it");
  });

  test("that is a residual branch", () => {
    const branch = sequential({
      name: "branch",
      layers: [layers.dense({ name: "up", units: 12, inputShape: [6], activation: "relu" }), dense("down", 6)],
    });
    const x = input({ shape: [4], name: "x" });
    const stem = apply(dense("stem", 6), x);
    const sum = apply(layers.add(), [stem, apply(branch, stem)]);
    const net = model({ inputs: x, outputs: apply(dense("head", 2), sum) });
    expect(rolesOf(net)).toContainEqual(["branch/down/kernel", "branch-last"]);
    expect(rolesOf(net)).toContainEqual(["branch/up/kernel", "hidden"]);
  });

  test("at every step of a sequence", () => {
    const step = sequential({
      name: "step",
      layers: [layers.dense({ name: "fc", units: 4, inputShape: [8], activation: "relu", useBias: false })],
    });
    const net = sequential({
      layers: [
        layers.timeDistributed({ name: "steps", inputShape: [3, 8], layer: step }),
        layers.flatten(),
        dense("head", 2),
      ],
    });
    expect(rolesOf(net)).toEqual([
      ["steps/fc/kernel", "first"],
      ["head/kernel", "head"],
    ]);
  });
});

describe("attention of stock layers", () => {
  // tfjs's Dot takes no tensors above rank 3, so each head has its own three dense layers.
  test("with two heads side by side", () => {
    const x = input({ shape: [5, 8], name: "x" });
    const stem = apply(dense("stem", 8), x);
    const heads = [0, 1].map((head) => {
      const [q, k, v] = ["q", "k", "v"].map((name) => apply(dense(`${name}${head}`, 4), stem)) as [
        SymbolicTensor,
        SymbolicTensor,
        SymbolicTensor,
      ];
      const scores = apply(layers.softmax({ axis: -1 }), apply(layers.dot({ axes: [2, 2] }), [q, k]));
      return apply(layers.dot({ axes: [2, 1] }), [scores, v]);
    });
    const out = apply(dense("out", 8), apply(layers.concatenate(), heads));
    const pooled = apply(layers.globalAveragePooling1d(), apply(layers.add(), [stem, out]));
    const roles = Object.fromEntries(rolesOf(model({ inputs: x, outputs: apply(dense("head", 2), pooled) })));
    expect(roles).toMatchObject({
      "q0/kernel": "query",
      "k0/kernel": "key",
      "v0/kernel": "value",
      "q1/kernel": "query",
      "k1/kernel": "key",
      "v1/kernel": "value",
      "out/kernel": "attention-output",
    });
  });
});

describe("a Bidirectional layer", () => {
  test.each([
    [null, 2],
    ["concat", 1],
    ["ave", 1],
    ["mul", 1],
  ] as const)("that merges by %s", (mergeMode, outputs) => {
    const x = input({ shape: [5, 2], name: "x" });
    const layer = layers.gru({ units: 3, recurrentInitializer: "zeros" });
    // The types do not know that null keeps both directions apart.
    const merged = layers.bidirectional({ name: "both", layer, mergeMode: mergeMode as "concat" }).apply(x);
    const values = [merged].flat() as SymbolicTensor[];
    expect(values).toHaveLength(outputs);
    const joined = outputs === 1 ? (values[0] as SymbolicTensor) : apply(layers.concatenate(), values);
    const net = model({ inputs: x, outputs: apply(dense("head", 2), joined) });
    const recurrent = (side: string) => [
      [`both/${side}/kernel`, "recurrent-input"],
      [`both/${side}/recurrent_kernel`, "recurrent-hidden"],
      [`both/${side}/bias`, "bias"],
    ];
    expect(rolesOf(net)).toEqual([...recurrent("forward"), ...recurrent("backward"), ["head/kernel", "head"]]);
    expect(() => initialize(net)).not.toThrow();
  });
});
