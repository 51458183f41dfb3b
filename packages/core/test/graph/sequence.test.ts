import { inferRoles } from "@idinit/core/graph";
import { describe, expect, test } from "vitest";
import { Build } from "./build.js";
import { weightRoles } from "./roles.js";

/** Attention with separate projections. */
function separate(b: Build, x: string, name = ""): string {
  const [q, k, v] = ["q", "k", "v"].map((one) => b.dense(x, name + one));
  return b.dense(b.attend(q!, k!, v!), `${name}o`);
}

function feedForward(b: Build, x: string, name = ""): string {
  return b.dense(b.act(b.dense(x, `${name}up`), "gelu"), `${name}down`);
}

function preNorm(b: Build, x: string, attention: (h: string) => string): string {
  const h = b.add(x, attention(b.norm(x, "n1", "layer")));
  return b.add(feedForward(b, b.norm(h, "n2", "layer")), h);
}

/** Token and position embeddings, one block, a head. */
function transformer(block: (b: Build, x: string) => string) {
  const b = new Build();
  const tokens = b.input("tokens");
  const position = b.embedding(b.node("constant", []), "wpe");
  const x = block(b, b.add(b.embedding(tokens, "wte"), position));
  return b.graph(b.dense(b.node("gather", [b.norm(x, "nf", "layer")]), "head", [4, 8]));
}

const ENDS = { wte: "embedding", wpe: "position", "head.w": "head" };
const SEPARATE = { "q.w": "query", "k.w": "key", "v.w": "value", "o.w": "attention-output*" };
const FEED_FORWARD = { "up.w": "hidden", "down.w": "branch-last" };

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

describe("other families", () => {
  test("ViT: patches, class token, positions", () => {
    const b = new Build();
    const patches = b.move(b.conv(b.input(), "patch", { in: 3 }));
    const token = b.node("shift", [], { shift: { parameter: b.parameter("cls", [1, 1, 8]), layout: "O" } });
    const shift = { shift: { parameter: b.parameter("pos", [1, 5, 8]), layout: "O" } } as const;
    const x = b.node("shift", [b.node("concat", [token, patches])], shift);
    const y = preNorm(b, x, (h) => separate(b, h));
    const graph = b.graph(b.dense(b.node("gather", [b.norm(y, "nf", "layer")]), "head"));
    expect(weightRoles(graph)).toEqual({
      patch: "first",
      cls: "position",
      pos: "position",
      "head.w": "head",
      ...SEPARATE,
      ...FEED_FORWARD,
    });
  });

  test("language model whose head is its embedding", () => {
    const b = new Build();
    const x = preNorm(b, b.embedding(b.input(), "wte"), (h) => separate(b, h));
    const graph = b.graph(b.node("dense", [x], { kernel: { parameter: "wte", layout: "OI" } }));
    expect(weightRoles(graph)).toEqual({ wte: "tied-head", ...SEPARATE, ...FEED_FORWARD });
  });

  test("gated feed-forward (SwiGLU)", () => {
    const graph = transformer((b, x) => {
      const h = b.norm(x, "n", "rms");
      const gated = b.node("mul", [b.act(b.dense(h, "gate"), "silu"), b.dense(h, "up")]);
      return b.add(x, b.dense(gated, "down"));
    });
    expect(weightRoles(graph)).toEqual({ ...ENDS, ...FEED_FORWARD, "gate.w": "hidden" });
    expect(inferRoles(graph).find(({ parameter }) => parameter === "gate.w")?.activation).toBe("silu");
  });

  test("mixture of experts", () => {
    const graph = transformer((b, x) => {
      const h = b.norm(x, "n", "layer");
      const weights = b.many("split", [b.node("softmax", [b.dense(h, "router", [2, 8])])], 2);
      const [one, two] = weights.map((weight, i) => b.node("mul", [feedForward(b, h, `e${i}`), weight]));
      return b.add(x, b.add(one!, two!));
    });
    expect(weightRoles(graph)).toEqual({
      ...ENDS,
      "router.w": "router",
      "e0up.w": "hidden",
      "e0down.w": "branch-last",
      "e1up.w": "hidden",
      "e1down.w": "branch-last",
    });
  });

  test("gate made by conditioning (adaLN): the branch's own weight ends it", () => {
    const b = new Build();
    const x = b.embedding(b.input(), "wte");
    const gate = b.dense(b.act(b.dense(b.input("c"), "c1"), "silu"), "c2");
    const y = b.add(x, b.node("mul", [feedForward(b, b.norm(x, "n", "layer")), gate]));
    expect(weightRoles(b.graph(b.dense(y, "head")))).toEqual({
      wte: "embedding",
      "c1.w": "first",
      "c2.w": "hidden",
      "head.w": "head",
      ...FEED_FORWARD,
    });
  });

  test("pooling by a softmax over positions is neither attention nor a router", () => {
    const b = new Build();
    const x = b.dense(b.embedding(b.input(), "wte"), "h");
    const weights = b.node("softmax", [b.dense(b.act(x, "tanh"), "score", [1, 8])]);
    const pooled = b.node("reduce", [b.node("mul", [x, weights])], {}, { kind: "sum" });
    expect(weightRoles(b.graph(b.dense(pooled, "head")))).toEqual({
      wte: "embedding",
      "h.w": "hidden",
      "score.w": "hidden",
      "head.w": "head",
    });
  });

  test("LSTM", () => {
    const b = new Build();
    const gates = (parameter: string) => ({ parameter, layout: "OI", shape: [32, 8], parts: 4 }) as const;
    const bias = { parameter: b.parameter("b", [1, 64]), layout: "O", parts: 8 } as const;
    const x = b.embedding(b.input(), "wte");
    const h = b.node(
      "recurrent",
      [x],
      {
        inputKernel: gates(b.parameter("w", [1, 32, 8])),
        recurrentKernel: gates(b.parameter("r", [1, 32, 8])),
        bias,
        peephole: { parameter: b.parameter("p", [1, 24]), layout: "O" },
      },
      { kind: "lstm" },
    );
    const graph = b.graph(b.dense(b.node("gather", [h]), "head"));
    expect(weightRoles(graph)).toEqual({
      wte: "embedding",
      w: "recurrent-input/4",
      r: "recurrent-hidden/4",
      p: "peephole",
      "head.w": "head",
    });
    expect(inferRoles(graph).find(({ parameter }) => parameter === "b")).toMatchObject({
      role: "bias",
      units: 8,
      shape: [64],
    });
  });

  test("recurrence written out: a shared kernel is no shortcut", () => {
    const b = new Build();
    const x = b.embedding(b.input(), "wte");
    let h: string | undefined;
    for (let t = 0; t < 3; t++) {
      const fed = b.dense(b.node("slice", [x], {}, { time: t }), "w");
      h = b.act(h === undefined ? fed : b.add(fed, b.dense(h, "u")), "tanh");
    }
    expect(weightRoles(b.graph(b.dense(h!, "head")))).toEqual({
      wte: "embedding",
      "w.w": "hidden",
      "u.w": "hidden",
      "head.w": "head",
    });
  });
});

describe("dense nets", () => {
  test("plain MLP", () => {
    const b = new Build();
    const graph = b.graph(b.dense(b.act(b.dense(b.act(b.dense(b.input(), "a"), "tanh"), "b"), "tanh"), "c"));
    expect(weightRoles(graph)).toEqual({ "a.w": "first", "b.w": "hidden", "c.w": "head" });
    expect(inferRoles(graph)[0]!.network).toEqual({ residual: false, activation: "tanh", branches: 0 });
  });

  test("residual MLP, whose only branch may have a single weight", () => {
    const b = new Build();
    const x = b.dense(b.input(), "stem");
    const y = b.add(b.dense(b.act(x), "f"), x);
    expect(weightRoles(b.graph(b.dense(y, "head")))).toEqual({
      "stem.w": "first",
      "f.w": "branch-last",
      "head.w": "head",
    });
  });

  test("a single layer is the head; several outputs have several heads", () => {
    const one = new Build();
    expect(weightRoles(one.graph(one.dense(one.input(), "a")))).toEqual({ "a.w": "head" });
    const b = new Build();
    const x = b.act(b.dense(b.input(), "a"));
    const graph = b.graph(b.node("softmax", [b.dense(x, "policy")]), b.act(b.dense(x, "value"), "tanh"), x);
    expect(weightRoles(graph)).toEqual({ "a.w": "first", "policy.w": "head", "value.w": "head" });
  });
});
