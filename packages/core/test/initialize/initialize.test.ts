import { constant, IdinitError, idi, idinit, idiz, ones, zeros } from "@idinit/core";
import { type Graph, initialize } from "@idinit/core/graph";
import { describe, expect, test } from "vitest";
import { Build } from "../graph/build.js";

/** Embedding, a pre-norm branch with or without a gate behind it, a head. */
function small(gated = false): Graph {
  const b = new Build();
  const x = b.embedding(b.input(), "table");
  const up = b.act(b.dense(b.norm(x, "n", "layer"), "up"));
  let y = b.dense(up, "down");
  if (gated) y = b.node("scale", [y], { gate: { parameter: b.parameter("alpha", [1]), layout: "O" } });
  return b.graph(b.dense(b.add(x, y), "head", [3, 8]));
}

const present = (graph: Graph, value: number) =>
  new Map(
    graph.parameters.map(({ name, shape }) => [name, new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value)]),
  );

test("every value is that of the initializer, its seed and the parameter's name", () => {
  const weights = initialize(small(), { seed: 7 });
  expect([...weights.keys()]).toEqual([
    "table",
    "n.scale",
    "n.shift",
    "up.w",
    "up.b",
    "down.w",
    "down.b",
    "head.w",
    "head.b",
  ]);
  expect(weights.get("up.w")).toEqual(idi().generate([8, 8], { layout: "OI", seed: 7, key: "up.w" }));
  expect(weights.get("down.w")).toEqual(idiz().generate([8, 8], { layout: "OI" }));
  expect(weights.get("head.w")).toEqual(idiz().generate([3, 8], { layout: "OI" }));
  expect(weights.get("n.scale")).toEqual(new Float32Array(8).fill(1));
  expect(weights.get("up.b")).toEqual(new Float32Array(8));
});

test("what the scheme leaves is kept where values are known, else made: N(0, 0.02) for embeddings", () => {
  const graph = small();
  expect(initialize(graph, { present: present(graph, 1) }).has("table")).toBe(false);
  const table = initialize(graph).get("table")!;
  const std = Math.sqrt(table.reduce((sum, value) => sum + value * value, 0) / table.length);
  expect(std).toBeGreaterThan(0.015);
  expect(std).toBeLessThan(0.025);
});

test("adding a layer changes no other layer's draws", () => {
  const b = new Build();
  const deep = b.graph(b.dense(b.dense(b.dense(b.input(), "in"), "new"), "head", [3, 8]));
  const c = new Build();
  const shallow = c.graph(c.dense(c.dense(c.input(), "in"), "head", [3, 8]));
  const options = { scheme: "kaiming", seed: 1 } as const;
  expect(initialize(deep, options).get("head.w")).toEqual(initialize(shallow, options).get("head.w"));
});

test("parameters that no node uses are left alone", () => {
  const graph = small();
  const more = { ...graph, parameters: [...graph.parameters, { name: "spare", shape: [2], dtype: "int64" }] };
  expect(initialize(more).has("spare")).toBe(false);
});

describe("overrides", () => {
  test("an initializer by name wins over the scheme", () => {
    const weights = initialize(small(), { initializers: { "up.w": constant(3) } });
    expect(weights.get("up.w")).toEqual(new Float32Array(64).fill(3));
  });

  test.each([
    [{ initializers: { nope: zeros() } }, /initializers: no parameter is called "nope"/],
    [{ roles: { nope: "head" } as const }, /roles: no parameter is called "nope"/],
    [{ scheme: "magic" as "idinit" }, /scheme must be one of idinit, kaiming.*"magic"/],
    [{ seed: -1 }, /seed/],
  ])("%j is an error", (options, message) => {
    expect(() => initialize(small(), options)).toThrow(IdinitError);
    expect(() => initialize(small(), options)).toThrow(message);
  });
});

test.each(["float16", "int8"])("a kernel of type %s is an error that names it", (dtype) => {
  const graph = small();
  const typed = graph.parameters.map((parameter) => (parameter.name === "up.w" ? { ...parameter, dtype } : parameter));
  expect(() => initialize({ ...graph, parameters: typed })).toThrow(new RegExp(`"up.w" must be float32, got ${dtype}`));
});

describe("one zero per branch", () => {
  const graph = small(true);
  const shut = present(graph, 0);
  const largest = (values: Float32Array | undefined) => Math.max(...values!.map(Math.abs));

  test("gates are opened and the branch is closed by its last weight", () => {
    const weights = initialize(graph, { present: shut });
    expect(weights.get("alpha")).toEqual(new Float32Array([1]));
    expect(largest(weights.get("down.w"))).toBeCloseTo(1e-6, 8);
  });

  test("kept gates stay shut and the last weight is an identity", () => {
    const scheme = idinit({ gates: "keep", loose: 0 });
    const weights = initialize(graph, { scheme, present: shut });
    expect(weights.has("alpha")).toBe(false);
    expect(largest(weights.get("down.w"))).toBe(1);
    expect(initialize(graph, { scheme }).get("alpha")).toEqual(new Float32Array(1));
  });

  test("a kept gate that is open is no gate", () => {
    const weights = initialize(graph, { scheme: idinit({ gates: "keep" }), present: present(graph, 1) });
    expect(weights.has("alpha")).toBe(false);
    expect(largest(weights.get("down.w"))).toBeLessThan(1e-5);
  });

  test("shutting both by hand is an error that names both", () => {
    for (const alpha of [zeros(), "leave"] as const) {
      expect(() => initialize(graph, { present: shut, initializers: { alpha } })).toThrow(
        /"down.w".*shut twice.*"alpha"/,
      );
    }
    expect(() => initialize(graph, { present: shut, initializers: { alpha: ones() } })).not.toThrow();
  });
});

test("a vector in an unknown operation is left, or an error where there is nothing to leave", () => {
  const b = new Build();
  const y = b.node(
    "opaque",
    [b.dense(b.input(), "a")],
    { other: { parameter: b.parameter("o", [8]), layout: "O" } },
    { opType: "Odd" },
  );
  const graph = b.graph(y);
  expect(initialize(graph, { present: present(graph, 1) }).has("o")).toBe(false);
  expect(() => initialize(graph)).toThrow(/Odd.*"o"/);
});
