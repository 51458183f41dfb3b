import { inferRoles } from "@idinit/core/graph";
import { describe, expect, test } from "vitest";
import { Build } from "./build.js";
import { ENDS, resnet } from "./resnet.js";
import { weightRoles } from "./roles.js";

/** conv-norm-relu-conv-norm on x. */
function branch(b: Build, x: string, name: string): string {
  const h = b.act(b.norm(b.conv(x, `${name}.1`), `${name}.n1`));
  return b.norm(b.conv(h, `${name}.2`), `${name}.n2`);
}

describe("ResNet", () => {
  test("identity shortcut", () => {
    const graph = resnet((b, x) => b.act(b.add(branch(b, x, "a"), x)));
    expect(weightRoles(graph)).toEqual({ ...ENDS, "a.1": "hidden", "a.2": "branch-last" });
    const site = inferRoles(graph).find(({ parameter }) => parameter === "a.2")!;
    expect(site).toMatchObject({ activation: "relu", network: { residual: true, activation: "relu", branches: 1 } });
    expect(site.branch).toEqual({
      index: 0,
      count: 1,
      join: "add8",
      skip: "activation2:0",
      position: 1,
      weights: 2,
      gate: { parameter: "a.n2.scale", kind: "norm-scale" },
    });
  });

  test("shortcut of strided slices, padded with zeros", () => {
    const graph = resnet((b, x) => {
      const skip = b.node("pad", [b.node("slice", [b.node("slice", [x])])], {}, { channels: true });
      return b.act(b.add(branch(b, x, "a"), skip));
    });
    expect(weightRoles(graph)).toEqual({ ...ENDS, "a.1": "hidden", "a.2": "branch-last" });
  });

  test("shortcut padded by concatenation with zeros, made of nothing or of itself", () => {
    const constant = resnet((b, x) => {
      const skip = b.node("concat", [b.pool(x, false), b.node("constant", [])]);
      return b.act(b.add(skip, branch(b, x, "a")));
    });
    const zeroed = resnet((b, x) => {
      const pooled = b.pool(x, false);
      return b.act(b.add(b.node("concat", [pooled, b.move(pooled)]), branch(b, x, "a")));
    });
    for (const graph of [constant, zeroed]) {
      expect(weightRoles(graph)).toEqual({ ...ENDS, "a.1": "hidden", "a.2": "branch-last" });
    }
  });

  test("projection shortcut, on either side of the addition", () => {
    for (const flip of [false, true]) {
      const graph = resnet((b, x) => {
        const main = branch(b, x, "a");
        const skip = b.norm(b.conv(b.pool(x, false), "p", { k: 1 }), "pn");
        return b.act(flip ? b.add(skip, main) : b.add(main, skip));
      });
      expect(weightRoles(graph)).toEqual({ ...ENDS, "a.1": "hidden", "a.2": "branch-last", p: "shortcut" });
    }
  });

  test("pre-activation, identity and then a projection of the shared pre-activation", () => {
    const b = new Build();
    let x = b.conv(b.input(), "stem", { in: 3 });
    for (const [name, projected] of [
      ["a", false],
      ["b", true],
    ] as const) {
      const pre = b.act(b.norm(x, `${name}.n1`));
      const main = b.conv(b.act(b.norm(b.conv(pre, `${name}.1`), `${name}.n2`)), `${name}.2`);
      x = b.add(main, projected ? b.conv(pre, `${name}.p`, { k: 1 }) : x);
    }
    const graph = b.graph(b.dense(b.pool(b.act(b.norm(x, "n"))), "fc"));
    expect(weightRoles(graph)).toEqual({
      ...ENDS,
      "a.1": "hidden",
      "a.2": "branch-last",
      "b.1": "hidden",
      "b.2": "branch-last",
      "b.p": "shortcut",
    });
    expect(inferRoles(graph).find(({ parameter }) => parameter === "b.2")?.branch?.gate).toBeUndefined();
  });

  test("pre-activation that the projection does not share", () => {
    const graph = resnet((b, x) => {
      const main = b.conv(b.act(b.conv(b.act(b.norm(x, "n1")), "a.1")), "a.2");
      return b.add(main, b.conv(b.act(b.norm(x, "n2")), "p", { k: 1 }));
    });
    expect(weightRoles(graph)).toEqual({ ...ENDS, "a.1": "hidden", "a.2": "branch-last", p: "shortcut" });
  });

  test("a skip around all blocks is closed by the conv behind them, or not at all", () => {
    const around = (conv: boolean) =>
      resnet((b, x) => {
        const h = b.add(x, branch(b, x, "a"));
        return b.add(conv ? b.conv(h, "end") : b.pool(h, false), x);
      });
    const block = { "a.1": "hidden", "a.2": "branch-last" };
    expect(weightRoles(around(true))).toEqual({ ...ENDS, ...block, end: "branch-last" });
    expect(weightRoles(around(false))).toEqual({ ...ENDS, ...block });
  });

  test("squeeze-and-excitation within the branch", () => {
    const graph = resnet((b, x) => {
      const f = branch(b, x, "a");
      const squeezed = b.act(b.conv(b.pool(f), "se1", { k: 1 }));
      const gate = b.act(b.conv(squeezed, "se2", { k: 1 }), "sigmoid");
      return b.act(b.add(b.node("mul", [f, gate]), x));
    });
    expect(weightRoles(graph)).toEqual({
      ...ENDS,
      "a.1": "hidden",
      "a.2": "branch-last",
      se1: "squeeze-excite",
      se2: "squeeze-excite",
    });
  });

  test("inverted bottleneck with depthwise convolution and a linear end", () => {
    const graph = resnet((b, x) => {
      const wide = b.act(b.norm(b.conv(x, "up", { out: 16, k: 1 }), "n1"));
      const depthwise = b.act(b.norm(b.conv(wide, "dw", { out: 16, in: 16, groups: 16 }), "n2"));
      return b.add(x, b.norm(b.conv(depthwise, "down", { in: 16, k: 1 }), "n3"));
    });
    expect(weightRoles(graph)).toEqual({ ...ENDS, up: "hidden", dw: "hidden", down: "branch-last" });
    expect(inferRoles(graph).find(({ parameter }) => parameter === "dw")).toMatchObject({
      groups: 16,
      shape: [16, 1, 3, 3],
    });
  });

  test("factor on the branch: ReZero, SkipInit, LayerScale", () => {
    const graph = resnet((b, x) => {
      const gate = { gate: { parameter: b.parameter("alpha", []), layout: "O" } } as const;
      return b.add(x, b.node("scale", [b.act(branch(b, x, "a"))], gate));
    });
    expect(weightRoles(graph)).toEqual({ ...ENDS, "a.1": "hidden", "a.2": "branch-last", alpha: "branch-gate" });
    const present = new Map([["alpha", new Float32Array(1)]]);
    const site = inferRoles(graph, { present }).find(({ parameter }) => parameter === "a.2")!;
    expect(site.branch?.gate).toEqual({ parameter: "alpha", kind: "branch-gate", closed: true });
  });

  test("Fixup's scalars are biases and a factor", () => {
    const graph = resnet((b, x) => {
      const shift = (y: string, name: string) =>
        b.node("shift", [y], { shift: { parameter: b.parameter(name, [1]), layout: "O" } });
      const h = b.act(shift(b.conv(shift(x, "b1"), "c1"), "b2"));
      const gate = { gate: { parameter: b.parameter("m", [1]), layout: "O" } } as const;
      return b.act(b.add(shift(b.node("scale", [b.conv(h, "c2")], gate), "b3"), x));
    });
    const roles = Object.fromEntries(inferRoles(graph).map(({ parameter, role }) => [parameter, role]));
    expect(roles).toMatchObject({
      b1: "bias",
      b2: "bias",
      b3: "bias",
      c1: "hidden",
      c2: "branch-last",
      m: "branch-gate",
    });
  });

  test("branch within a branch", () => {
    const graph = resnet((b, x) => {
      const inner = b.conv(x, "o1");
      const joined = b.add(inner, branch(b, b.act(inner), "i"));
      return b.add(x, b.conv(b.act(joined), "o2"));
    });
    expect(weightRoles(graph)).toEqual({
      ...ENDS,
      o1: "hidden",
      "i.1": "hidden",
      "i.2": "branch-last",
      o2: "branch-last",
    });
    const places = new Map(inferRoles(graph).map(({ parameter, branch: place }) => [parameter, place]));
    expect(places.get("i.1")).toMatchObject({ index: 0, position: 0, weights: 2 });
    expect(places.get("o2")).toMatchObject({ index: 1, count: 2, position: 3, weights: 4 });
  });
});

describe("no residual join", () => {
  test("plain convolutional net", () => {
    const graph = resnet((b, x) => b.act(branch(b, x, "a")));
    expect(weightRoles(graph)).toEqual({ ...ENDS, "a.1": "hidden", "a.2": "hidden" });
  });

  test("U-Net's long skips by concatenation", () => {
    const graph = resnet((b, x) => {
      const down = b.act(b.conv(b.pool(x, false), "down"));
      return b.act(b.conv(b.node("concat", [b.node("upsample", [down]), x]), "up", { in: 16 }));
    });
    expect(weightRoles(graph)).toEqual({ ...ENDS, down: "hidden", up: "hidden" });
  });

  test("long skip by addition around an encoder-decoder", () => {
    const graph = resnet((b, x) => {
      const down = b.act(b.conv(b.pool(x, false), "down"));
      return b.act(b.add(x, b.conv(b.node("upsample", [down]), "up")));
    });
    expect(weightRoles(graph)).toEqual({ ...ENDS, down: "hidden", up: "hidden" });
  });

  test("feature pyramid: lateral projections and what is sampled up", () => {
    const b = new Build();
    const fine = b.act(b.conv(b.input(), "stem", { in: 3 }));
    const coarse = b.act(b.conv(b.pool(fine, false), "down"));
    const top = b.conv(coarse, "l2", { k: 1 });
    const sum = b.add(b.conv(fine, "l1", { k: 1 }), b.node("upsample", [top]));
    const graph = b.graph(b.conv(sum, "p1"), b.conv(top, "p2"));
    expect(weightRoles(graph)).toEqual({
      stem: "first",
      down: "hidden",
      l1: "hidden",
      l2: "hidden",
      p1: "head",
      p2: "head",
    });
  });

  test("DenseNet's concatenations", () => {
    const graph = resnet((b, x) => {
      const one = b.conv(b.act(b.norm(x, "n1")), "c1");
      const two = b.conv(b.act(b.norm(b.node("concat", [x, one]), "n2")), "c2", { in: 16 });
      return b.act(b.node("concat", [x, one, two]));
    });
    expect(weightRoles(graph)).toEqual({ ...ENDS, c1: "hidden", c2: "hidden" });
  });

  test("hierarchical sums whose branch is read elsewhere too (Res2Net)", () => {
    const graph = resnet((b, x) => {
      const [first = "", second = ""] = b.many("split", [x], 2, {}, { sizes: [4, 4] });
      const one = b.act(b.conv(first, "c1", { in: 4, out: 4 }));
      const two = b.act(b.conv(b.add(second, one), "c2", { in: 4, out: 4 }));
      return b.conv(b.node("concat", [one, two]), "c3");
    });
    expect(weightRoles(graph)).toEqual({ ...ENDS, c1: "hidden", c2: "hidden", c3: "hidden" });
  });

  test("conditioning added from another input, and highway gates", () => {
    const b = new Build();
    const x = b.act(b.conv(b.input(), "stem", { in: 3 }));
    const time = b.dense(b.act(b.dense(b.input("t"), "t1"), "silu"), "t2");
    const h = b.act(b.add(b.conv(x, "c1"), time));
    const gate = b.act(b.conv(h, "g"), "sigmoid");
    const carried = b.node("mul", [b.node("sub", [b.node("constant", []), gate]), h]);
    const y = b.add(b.node("mul", [gate, b.act(b.conv(h, "c2"))]), carried);
    expect(weightRoles(b.graph(b.dense(b.pool(y), "fc")))).toEqual({
      ...ENDS,
      "t1.w": "first",
      "t2.w": "hidden",
      c1: "hidden",
      c2: "hidden",
      g: "hidden",
    });
  });
});
