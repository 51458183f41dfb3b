import { inferRoles } from "@idinit/core/graph";
import { describe, expect, test } from "vitest";
import { Build } from "./build.js";
import { weightRoles } from "./roles.js";
import { ENDS, FEED_FORWARD, feedForward, preNorm, SEPARATE, separate, transformer } from "./transformer.js";

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
