import { inferRoles } from "@idinit/core/graph";
import { describe, expect, test } from "vitest";
import { Build } from "./build.js";
import { weightRoles } from "./roles.js";
import { ENDS, FEED_FORWARD, feedForward, preNorm, SEPARATE, separate, transformer } from "./transformer.js";

describe("Transformer", () => {
  test("pre-norm", () => {
    const graph = transformer((b, x) => preNorm(b, x, (h) => separate(b, h)));
    expect(weightRoles(graph)).toEqual({ ...ENDS, ...SEPARATE, ...FEED_FORWARD });
    const sites = inferRoles(graph);
    expect(sites[0]!.network).toEqual({ residual: true, activation: "gelu", branches: 2 });
    expect(sites.find(({ parameter }) => parameter === "o.w")?.branch).toEqual({
      index: 0,
      count: 2,
      join: "add17",
      skip: "add3:0",
      position: 1,
      weights: 2,
    });
    expect(sites.find(({ parameter }) => parameter === "down.b")?.branch).toMatchObject({ index: 1, position: 1 });
  });

  test("post-norm: no gate is seen behind the join", () => {
    const graph = transformer((b, x) => {
      const h = b.norm(b.add(x, separate(b, x)), "n1", "layer");
      return b.norm(b.add(h, feedForward(b, h)), "n2", "layer");
    });
    expect(weightRoles(graph)).toEqual({ ...ENDS, ...SEPARATE, ...FEED_FORWARD });
    expect(inferRoles(graph).find(({ parameter }) => parameter === "down.w")?.branch?.gate).toBeUndefined();
  });

  test("norms and activations left in parts", () => {
    const graph = transformer((b, x) => {
      const centred = b.node("sub", [x, b.node("reduce", [x], {}, { kind: "mean" })]);
      const variance = b.node("reduce", [b.node("mul", [centred, centred])], {}, { kind: "mean" });
      const deviation = b.move(b.add(variance, b.node("constant", [])));
      const normed = b.node("div", [centred, deviation]);
      const up = b.dense(normed, "up");
      const gelu = b.node("mul", [up, b.node("opaque", [b.move(up)], {}, { opType: "Erf" })]);
      return b.add(x, b.dense(gelu, "down"));
    });
    expect(weightRoles(graph)).toEqual({ ...ENDS, ...FEED_FORWARD });
  });

  test("parallel attention and feed-forward", () => {
    const graph = transformer((b, x) => {
      const h = b.norm(x, "n1", "layer");
      return b.add(b.add(x, separate(b, h)), feedForward(b, h));
    });
    expect(weightRoles(graph)).toEqual({ ...ENDS, ...SEPARATE, ...FEED_FORWARD });
  });

  test("cross-attention reads another input", () => {
    const b = new Build();
    const memory = b.embedding(b.input("source"), "src");
    const x = b.embedding(b.input("target"), "tgt");
    const k = b.dense(memory, "k");
    const v = b.dense(memory, "v");
    const y = b.add(x, b.dense(b.attend(b.dense(x, "q"), k, v), "o"));
    expect(weightRoles(b.graph(b.dense(y, "head")))).toEqual({
      src: "embedding",
      tgt: "embedding",
      "head.w": "head",
      ...SEPARATE,
    });
  });

  test("masks, QK-norm and rotary embedding between projection and product", () => {
    const graph = transformer((b, x) => {
      const rotate = (y: string) => {
        const a = b.node("slice", [y], {}, { start: 0, size: 4 });
        const c = b.node("slice", [y], {}, { start: 4, size: 4 });
        const turned = b.node("mul", [b.node("concat", [b.move(c), a]), b.node("constant", [])]);
        return b.add(b.node("mul", [y, b.node("constant", [])]), turned);
      };
      const q = rotate(b.norm(b.dense(x, "q"), "qn", "rms"));
      const k = rotate(b.norm(b.dense(x, "k"), "kn", "rms"));
      const scores = b.add(b.move(b.node("matmul", [q, b.move(k)])), b.input("mask"));
      const probabilities = b.move(b.node("softmax", [scores]));
      const values = b.node("matmul", [probabilities, b.dense(x, "v")]);
      return b.add(x, b.dense(b.move(values), "o"));
    });
    expect(weightRoles(graph)).toEqual({ ...ENDS, ...SEPARATE });
  });
});

describe("packed projections", () => {
  const PACKED = { ...ENDS, ...FEED_FORWARD, "o.w": "attention-output*" };

  test.each<[string, (b: Build, x: string) => readonly string[]]>([
    ["split", (b, x) => b.many("split", [b.dense(x, "qkv", [24, 8])], 3, {}, { sizes: [8, 8, 8] })],
    [
      "slices",
      (b, x) => {
        const packed = b.move(b.dense(x, "qkv", [24, 8]));
        return [0, 8, 16].map((start) => b.node("slice", [packed], {}, { start, size: 8 }));
      },
    ],
    [
      "parts picked after a permutation",
      (b, x) => {
        const packed = b.move(b.dense(x, "qkv", [24, 8]));
        return [0, 1, 2].map((part) => b.node("slice", [packed], {}, { channelPart: [part, 3] }));
      },
    ],
    [
      "rows of the weight itself",
      (b, x) => {
        const parameter = b.parameter("qkv.w", [24, 8]);
        return [0, 8, 16].map((start) =>
          b.node("dense", [x], { kernel: { parameter, layout: "OI", rows: [start, 8] } }),
        );
      },
    ],
  ])("by %s", (_, take) => {
    const graph = transformer((b, x) =>
      preNorm(b, x, (h) => {
        const [q, k, v] = take(b, h);
        return b.dense(b.attend(q!, k!, v!), "o");
      }),
    );
    expect(weightRoles(graph)).toEqual({ ...PACKED, "qkv.w": "query-key-value/3" });
  });

  test("key and value in one, query by itself", () => {
    const graph = transformer((b, x) =>
      preNorm(b, x, (h) => {
        const [k = "", v = ""] = b.many("split", [b.dense(h, "kv", [16, 8])], 2);
        return b.dense(b.attend(b.dense(h, "q"), k, v), "o");
      }),
    );
    expect(weightRoles(graph)).toEqual({ ...PACKED, "q.w": "query", "kv.w": "query-key-value/2" });
  });

  test("multi-query attention: unequal parts are an error that names the override", () => {
    const graph = (roles = {}) =>
      weightRoles(
        transformer((b, x) =>
          preNorm(b, x, (h) => {
            const [q, k, v] = b.many("split", [b.dense(h, "qkv", [12, 8])], 3, {}, { sizes: [8, 2, 2] });
            return b.dense(b.attend(q!, k!, v!), "o");
          }),
        ),
        { roles },
      );
    expect(() => graph()).toThrow(/"qkv.w".*\[8, 2, 2\].*pass roles: \{"qkv.w":"hidden"\}/);
    expect(graph({ "qkv.w": "hidden" })).toEqual({ ...PACKED, "qkv.w": "hidden" });
  });

  test("a packed weight that ends its branch says so", () => {
    const graph = transformer((b, x) => {
      const [q, k, v] = b.many("split", [b.dense(x, "qkv", [24, 8])], 3, {}, { sizes: [8, 8, 8] });
      return b.add(x, b.attend(q!, k!, v!));
    });
    expect(weightRoles(graph)).toEqual({ ...ENDS, "qkv.w": "query-key-value*/3" });
  });
});
