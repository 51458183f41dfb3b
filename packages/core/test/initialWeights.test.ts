import {
  constant,
  IdinitError,
  idi,
  idiz,
  initialWeights,
  type Pick,
  SCHEME_NAMES,
  type Scheme,
  type Site,
} from "@idinit/core";
import { describe, expect, test } from "vitest";

/** A scheme that keeps the site it is asked about. */
function spy(pick: Pick): Scheme & { readonly sites: Site[] } {
  const sites: Site[] = [];
  return {
    name: "spy",
    params: {},
    sites,
    pick(site) {
      sites.push(site);
      return pick;
    },
  };
}

describe("idinit, by role", () => {
  const { SQRT2 } = Math;

  test("the example of the documentation: first layer of a ReLU network", () => {
    const values = initialWeights([64, 3, 3, 3], { layout: "OIHW", role: "first", activation: "relu" });
    expect(values).toEqual(idi({ tau: SQRT2 }).generate([64, 3, 3, 3]));
    expect(values).toHaveLength(1728);
  });

  test.each([
    ["a hidden layer", {}, idi()],
    ["the first layer of a tanh network", { role: "first", activation: "tanh" }, idi()],
    ["the last weight of a branch", { role: "branch-last", activation: "relu" }, idiz()],
    ["a plain network's head", { role: "head", activation: "relu" }, idi()],
    ["a residual network's head", { role: "head", activation: "relu", residual: true }, idiz()],
    ["an attention output without a shortcut", { role: "attention-output" }, idi()],
    ["an attention output that closes a branch", { role: "attention-output", residual: true }, idiz()],
  ] as const)("%s", (_, options, initializer) => {
    const place = { seed: 3, key: "w" };
    expect(initialWeights([6, 4], { ...options, ...place })).toEqual(initializer.generate([6, 4], place));
  });

  test("a packed query, key and value has three parts unless told otherwise", () => {
    const options = { role: "query-key-value", residual: true, key: "qkv" } as const;
    expect(initialWeights([12, 5], options)).toEqual(idi().generate([12, 5], { parts: 3, key: "qkv" }));
    expect(initialWeights([12, 5], { ...options, parts: 1 })).toEqual(idi().generate([12, 5], { key: "qkv" }));
  });

  test("what it leaves to the model has its usual start", () => {
    const table = initialWeights([500, 40], { role: "embedding", key: "tokens" });
    const std = Math.sqrt(table.reduce((sum, value) => sum + value * value, 0) / table.length);
    expect(Math.abs(std / 0.02 - 1)).toBeLessThan(0.03);
    expect([...initialWeights([2], { role: "bias" })]).toEqual([0, 0]);
    expect([...initialWeights([2], { role: "norm-scale" })]).toEqual([1, 1]);
    expect([...initialWeights([2], { role: "norm-variance" })]).toEqual([1, 1]);
  });
});

describe("any scheme", () => {
  test("by name", () => {
    for (const scheme of SCHEME_NAMES.filter((name) => name !== "idinit")) {
      const values = initialWeights([8, 8], { scheme, activation: "relu", key: "w" });
      expect(values.some((value) => value !== 0)).toBe(true);
      expect(values).not.toEqual(initialWeights([8, 8], { activation: "relu", key: "w" }));
    }
  });

  test("as a value, which is told all about the place", () => {
    const scheme = spy(constant(2));
    const values = initialWeights([4, 2, 3], {
      scheme,
      layout: "IOW",
      groups: 2,
      transposed: true,
      role: "branch-last",
      activation: "gelu",
      key: "up",
    });
    expect([...values]).toEqual(Array(24).fill(2));
    expect(scheme.sites).toEqual([
      {
        parameter: "up",
        node: "up",
        role: "branch-last",
        shape: [4, 2, 3],
        layout: "IOW",
        groups: 2,
        parts: 1,
        transposed: true,
        activation: "gelu",
        closesBranch: true,
        network: { residual: true, activation: "gelu", branches: 1 },
        reason: "said by the caller",
      },
    ]);
  });
});

test.each([
  [{ role: "frist" as never }, "initialWeights: role must be one of first, hidden, "],
  [{ activation: "rleu" as never }, 'got "rleu"'],
  [{ role: "branch-last", residual: false }, "role branch-last needs a residual network"],
  [{ layout: "OIHW", key: "fc" }, 'initialWeights: layout OIHW needs 4 dimensions, got [4, 4] (layer "fc")'],
  [{ scheme: "idint" as never }, "idint"],
  [{ scheme: spy("leave"), key: "w" }, "initialWeights: scheme spy leaves role hidden as the model has it"],
] as const)("%j is an error", (options, message) => {
  expect(() => initialWeights([4, 4], options)).toThrow(IdinitError);
  expect(() => initialWeights([4, 4], options)).toThrow(message);
});
