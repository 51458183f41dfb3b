import { IdinitError, idinit, initialWeights, normal, ones, SCHEME_NAMES, uniform, zeros } from "@idinit/core";
import { initialize } from "@idinit/core/graph";
import { type ListEntry, type PlanGraphOptions, planGraph, planList } from "@idinit/core/large";
import { describe, expect, test } from "vitest";
import { isReproducible } from "../../src/large/initializerOf.js";
import { Build } from "../graph/build.js";
import { resnet, transformer } from "../schemes/networks.js";
import { LIST, whole } from "./memory.js";

const same = (a: Float32Array, b: Float32Array) =>
  Buffer.compare(new Uint8Array(a.buffer), new Uint8Array(b.buffer)) === 0;

describe("of a graph", () => {
  const networks = [
    resnet(2, 2, { norms: true }),
    resnet(2, 2, { biases: true, scalars: () => true }),
    transformer(1, 0, { norm: "pre", packed: true, heads: 2 }),
    transformer(1, 0, { heads: 2 }),
    transformer(1, 0, { norm: "post", alpha: () => 2 ** 0.25, heads: 2 }),
  ];

  test.each(SCHEME_NAMES)("%s: the tensors of initialize, in its order, with the same bits", (scheme) => {
    let served = 0;
    for (const graph of networks) {
      let expected: Map<string, Float32Array>;
      try {
        expected = initialize(graph, { scheme, seed: 3 });
      } catch (error) {
        expect(() => planGraph(graph, { scheme })).toThrow((error as Error).message);
        continue;
      }
      served++;
      const plan = planGraph(graph, { scheme });
      expect(plan.map(({ name }) => name)).toEqual([...expected.keys()]);
      for (const tensor of plan) {
        expect(same(whole(tensor, 3), expected.get(tensor.name)!)).toBe(true);
        expect(tensor.shape).toEqual(graph.parameters.find(({ name }) => name === tensor.name)!.shape);
        expect(isReproducible(tensor.initializer)).toBe(true);
      }
    }
    // Some schemes need what none of these networks has.
    if (!["isonet", "irnn"].includes(scheme)) expect(served).toBeGreaterThan(0);
  });

  test("a stored shape stays, however the initializer sees it", () => {
    const b = new Build();
    const use = { parameter: b.parameter("w", [1, 6, 8]), layout: "OI", shape: [6, 8] } as const;
    const [tensor] = planGraph(b.graph(b.node("dense", [b.input()], { kernel: use })));
    expect(tensor).toMatchObject({ name: "w", shape: [1, 6, 8], view: { shape: [6, 8], layout: "OI" } });
  });

  test.each<[PlanGraphOptions, string]>([
    [{ scheme: "idint" as never }, "scheme must be one of"],
    [{ roles: { x: "head" } }, 'no parameter is called "x"'],
    [{ initializers: { x: ones() } }, 'no parameter is called "x"'],
  ])("%j is an error", (options, message) => {
    expect(() => planGraph(networks[0]!, options)).toThrow(IdinitError);
    expect(() => planGraph(networks[0]!, options)).toThrow(message);
  });

  test("a branch that would be shut twice is an error here too", () => {
    const graph = networks[1]!;
    const scalar = "b0.scalar";
    expect(graph.parameters.some(({ name }) => name === scalar)).toBe(true);
    const options = { scheme: idinit(), initializers: { [scalar]: zeros() } };
    expect(() => planGraph(graph, options)).toThrow(`shut twice, by that weight and by its gate "${scalar}"`);
    expect(() => initialize(graph, options)).toThrow(`shut twice, by that weight and by its gate "${scalar}"`);
  });
});

describe("of a list", () => {
  test("each tensor has what initialWeights gives", () => {
    const options = { scheme: "idinit", activation: "relu", residual: true, branches: 4 } as const;
    const plan = planList(JSON.parse(JSON.stringify(LIST)), options);
    expect(plan.map(({ name, shape }) => ({ name, shape }))).toEqual(LIST.map(({ name, shape }) => ({ name, shape })));
    for (const [i, { name: key, shape, initializer, ...entry }] of (LIST as readonly ListEntry[]).entries()) {
      if (initializer !== undefined) continue;
      expect(same(whole(plan[i]!, 2), initialWeights(shape, { ...options, ...entry, key, seed: 2 }))).toBe(true);
    }
  });

  test("a network with a branch is residual", () => {
    const head = { name: "head", shape: [4, 8], role: "head" } as const;
    const [plain] = planList([head]);
    const [residual] = planList([head, { name: "last", shape: [8, 8], role: "branch-last" }]);
    expect([plain!.initializer.name, residual!.initializer.name]).toEqual(["idi", "idiz"]);
  });

  test("initializers by hand win over the scheme: as data in the entry, or as a value", () => {
    const record = { name: "uniform", params: { low: 0, high: 2 } };
    const entry = { name: "w", shape: [4, 8], role: "hidden", layout: "IO", initializer: record } as const;
    expect(whole(planList([entry])[0]!)).toEqual(
      uniform({ low: 0, high: 2 }).generate([4, 8], { layout: "IO", key: "w" }),
    );
    const own = normal();
    expect(planList([entry], { initializers: { w: own } })[0]!.initializer).toBe(own);
  });

  const fc1 = { name: "fc1", shape: [4, 4], role: "hidden" };
  test.each([
    [[fc1, fc1], 'planList: two tensors are called "fc1"'],
    [[fc1, { ...fc1, name: "b", shape: [0, 4] }], 'planList: entry 1 ("b"): shape: shape needs out >= 1, got [0, 4]'],
    [[{ ...fc1, shape: "4x4" }], 'planList: entry 0 ("fc1"): shape: shape must be an array'],
    [[{ ...fc1, role: "hiden" }], 'planList: entry 0 ("fc1"): role must be one of first, hidden, '],
    [[{ ...fc1, role: undefined }], "got undefined"],
    [[{ ...fc1, layuot: "IO" }], 'planList: entry 0 ("fc1"): fields are name, shape, role, layout, '],
    [[{ ...fc1, layout: "OIHW" }], 'planList: entry 0 ("fc1"): shape: layout OIHW needs 4 dimensions, got [4, 4]'],
    [[{ ...fc1, parts: 3 }], "parts must divide out = 4, got 3"],
    [[{ ...fc1, groups: 3 }], "groups must divide out = 4, got 3"],
    [[{ ...fc1, activation: "rleu" }], 'got "rleu"'],
    [[{ ...fc1, activation: "rleu", initializer: { name: "ones" } }], 'got "rleu"'],
    [[{ ...fc1, shape: [16], layout: "O" }], 'planList: entry 0 ("fc1"): idi: shape needs an out and an in axis'],
    [[{ ...fc1, role: "other" }], "there is no model"],
    [[{ ...fc1, initializer: { name: "cauchy" } }], 'planList: entry 0 ("fc1"): initializerOf: name must be one of'],
    [[{ ...fc1, initializer: "normal" }], 'initializer must be { name, params }, got "normal"'],
    [[{ ...fc1, name: 7 }], "planList: entry 0: name must be a string, got 7"],
    [[null], "planList: entry 0: must be an object, got null"],
    [[], "planList: the plan has no tensors"],
    [{ fc1 }, "planList: list must be an array of entries"],
  ])("%j is an error", (list, message) => {
    expect(() => planList(list as never)).toThrow(IdinitError);
    expect(() => planList(list as never, { scheme: idinit({ gates: "keep" }) })).toThrow(message);
  });

  test("so is an initializer for a tensor that is not there", () => {
    expect(() => planList([fc1 as ListEntry], { initializers: { fc2: ones() } })).toThrow(
      'planList: initializers: no tensor is called "fc2"',
    );
  });
});
