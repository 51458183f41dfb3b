import {
  type Activation,
  idinit,
  type Pick,
  ROLES,
  type Role,
  resolveScheme,
  SCHEME_NAMES,
  type Site,
} from "@idinit/core";
import { initialize } from "@idinit/core/graph";
import { describe, expect, test } from "vitest";
import { Build } from "../graph/build.js";

function site(role: Role, more: Partial<Site> & { residual?: boolean; net?: Activation } = {}): Site {
  const { residual = false, net = "relu", ...rest } = more;
  return {
    parameter: "p",
    role,
    node: "n",
    shape: [8, 8],
    layout: "OI",
    groups: 1,
    parts: 1,
    activation: "linear",
    closesBranch: role === "branch-last",
    transposed: false,
    network: { residual, activation: net, branches: residual ? 1 : 0 },
    reason: "",
    ...rest,
  };
}

const show = (pick: Pick) => (pick === "leave" ? pick : pick.name);
const params = (pick: Pick) => (pick === "leave" ? {} : pick.params);

describe("idinit, as in the specification's table", () => {
  const pick = idinit().pick;

  test.each<[Role, string, string]>([
    ["hidden", "idi", "idi"],
    ["first", "idi", "idi"],
    ["shortcut", "idi", "idi"],
    ["query", "idi", "idi"],
    ["key", "idi", "idi"],
    ["value", "idi", "idi"],
    ["query-key-value", "idi", "idi"],
    ["squeeze-excite", "idi", "idi"],
    ["recurrent-input", "idi", "idi"],
    ["recurrent-hidden", "idi", "idi"],
    ["head", "idi", "idiz"],
    ["router", "normal", "normal"],
    ["bias", "zeros", "zeros"],
    ["norm-scale", "ones", "ones"],
    ["norm-shift", "zeros", "zeros"],
    ["norm-mean", "zeros", "zeros"],
    ["norm-variance", "ones", "ones"],
    ["branch-gate", "ones", "ones"],
    ["embedding", "leave", "leave"],
    ["position", "leave", "leave"],
    ["tied-head", "leave", "leave"],
  ])("%s: %s, in a residual net %s", (role, plain, residual) => {
    expect(show(pick(site(role)))).toBe(plain);
    expect(show(pick(site(role, { residual: true })))).toBe(residual);
  });

  test("the end of a branch is IDIZ, whatever it is, but never a packed or recurrent weight", () => {
    const closing = { residual: true, closesBranch: true };
    for (const role of ["branch-last", "attention-output", "value", "hidden"] as const) {
      expect(show(pick(site(role, closing)))).toBe("idiz");
    }
    for (const role of ["query-key-value", "recurrent-input", "recurrent-hidden"] as const) {
      expect(show(pick(site(role, closing)))).toBe("idi");
    }
    expect(show(pick(site("attention-output", { residual: true })))).toBe("idi");
  });

  test("the first layer of a ReLU net has tau = sqrt(2), all others 1", () => {
    expect(params(pick(site("first"))).tau).toBe(Math.SQRT2);
    for (const net of ["tanh", "gelu", "silu", "linear"] as const)
      expect(params(pick(site("first", { net }))).tau).toBe(1);
    expect(params(pick(site("hidden"))).tau).toBe(1);
    expect(params(idinit({ firstGain: 3 }).pick(site("first"))).tau).toBe(3);
  });

  test("options reach the initializers and the record", () => {
    const scheme = idinit({ epsilon: 1e-3, loose: 0, order: "channel-fastest" });
    expect(params(scheme.pick(site("branch-last")))).toMatchObject({ epsilon: 1e-3, order: "channel-fastest" });
    expect(params(scheme.pick(site("hidden")))).toMatchObject({ loose: 0, order: "channel-fastest" });
    expect(scheme.params).toEqual({
      epsilon: 1e-3,
      loose: 0,
      order: "channel-fastest",
      gates: "open",
      firstGain: "auto",
    });
    expect(() => idinit({ gates: "ajar" as "open" })).toThrow(/gates must be one of open, keep, got "ajar"/);
  });
});

test("every scheme serves every role of a branch with a gate and survives JSON", () => {
  const gate = { parameter: "g", kind: "norm-scale" } as const;
  const branch = { index: 0, count: 1, position: 0, weights: 1, gate };
  for (const name of SCHEME_NAMES) {
    const scheme = resolveScheme(name);
    expect(scheme.name).toBe(name);
    expect(JSON.parse(JSON.stringify(scheme.params))).toEqual(scheme.params);
    const place = { branch, residual: true, attention: { query: "q", key: "k", value: "v", output: "o", heads: 2 } };
    for (const role of ROLES) expect(scheme.pick(site(role, place)), `${name}: ${role}`).toBeDefined();
  }
  expect(() => resolveScheme("nope" as "zero")).toThrow(
    /idinit, kaiming, .* deepnet, gpt2, mup, mimetic, irnn, isonet, delta-orthogonal/,
  );
});

test("kaiming's gain follows the non-linearity", () => {
  const { pick } = resolveScheme("kaiming");
  expect(params(pick(site("hidden", { activation: "gelu" })))).toMatchObject({ nonlinearity: "relu", mode: "fan_in" });
  expect(params(pick(site("hidden", { activation: "tanh" })))).toMatchObject({ nonlinearity: "tanh" });
  expect(params(pick(site("head")))).toMatchObject({ nonlinearity: "linear" });
});

test("zero closes branches by zeros, zero-gamma by the norm's scale", () => {
  const gate = { parameter: "g", kind: "norm-scale" } as const;
  const branch = { index: 0, count: 1, position: 0, weights: 1, gate };
  expect(show(resolveScheme("zero").pick(site("branch-last")))).toBe("zeros");
  expect(show(resolveScheme("zero").pick(site("query-key-value", { closesBranch: true })))).toBe("hadamard");
  const { pick } = resolveScheme("zero-gamma");
  expect(show(pick(site("norm-scale", { parameter: "g", branch })))).toBe("zeros");
  expect(show(pick(site("norm-scale", { parameter: "h", branch })))).toBe("ones");
  expect(show(pick(site("branch-last", { branch })))).toBe("heNormal");
  expect(() => pick(site("branch-last", { parameter: "conv3.weight" }))).toThrow(/norm or a gate.*"conv3.weight"/);
});

describe("stock defaults, on a layer of 24 packed outputs and 8 inputs", () => {
  const b = new Build();
  const [q, k, v] = b.many("split", [b.dense(b.input(), "qkv", [24, 8])], 3, {}, { sizes: [8, 8, 8] });
  const graph = b.graph(b.dense(b.attend(q!, k!, v!), "o", [512, 8]));
  const largest = (values: Float32Array) => Math.max(...values.map(Math.abs));

  test("pytorch: packed Xavier as one matrix, biases by fan_in", () => {
    const weights = initialize(graph, { scheme: "pytorch" });
    const bound = Math.sqrt(6 / (8 + 24));
    expect(largest(weights.get("qkv.w")!)).toBeLessThanOrEqual(Math.fround(bound));
    expect(largest(weights.get("qkv.w")!)).toBeGreaterThan(0.95 * bound);
    expect(largest(weights.get("qkv.b")!)).toBe(0);
    for (const name of ["o.w", "o.b"]) {
      expect(largest(weights.get(name)!)).toBeLessThanOrEqual(Math.fround(1 / Math.sqrt(8)));
      expect(largest(weights.get(name)!)).toBeGreaterThan(0.98 / Math.sqrt(8));
    }
  });

  test("keras: Glorot as one matrix, biases 0", () => {
    const weights = initialize(graph, { scheme: "keras" });
    expect(largest(weights.get("qkv.w")!)).toBeGreaterThan(0.95 * Math.sqrt(6 / 32));
    expect(largest(weights.get("qkv.w")!)).toBeLessThanOrEqual(Math.fround(Math.sqrt(6 / 32)));
    expect(largest(weights.get("o.b")!)).toBe(0);
  });
});
