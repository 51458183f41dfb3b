import { deepnet, IdinitError, type SchemeName } from "@idinit/core";
import { type Graph, initialize, missingRequirements } from "@idinit/core/graph";
import { describe, expect, test } from "vitest";
import { Build } from "../graph/build.js";
import { resnet, transformer } from "./networks.js";

const messages = (graph: Graph, scheme: SchemeName) =>
  missingRequirements(graph, { scheme }).map(({ message }) => message);

describe("a network that has all", () => {
  test.each<[SchemeName, Graph]>([
    ["fixup", resnet(3, 2, { scalars: () => true, biases: true })],
    ["skipinit", resnet(3, 2, { scalars: () => true })],
    ["rezero", resnet(3, 2, { scalars: () => true, norms: true })],
    ["isonet", resnet(3, 2, { scalars: () => true, shiftedRelu: true })],
    ["t-fixup", transformer(2, 2)],
    ["gpt2", transformer(2, 0, { norm: "pre" })],
    ["deepnet", transformer(2, 0, { norm: "post", alpha: () => Math.SQRT2 })],
    [
      "deepnet",
      transformer(2, 3, { norm: "post", alpha: (stack) => (stack === "decoder" ? 9 ** 0.25 : 0.81 * 48 ** (1 / 16)) }),
    ],
    ["zero-gamma", resnet(2, 2, { norms: true })],
    ["kaiming", resnet(1, 1)],
  ])("%s", (scheme, graph) => {
    expect(messages(graph, scheme)).toEqual([]);
    expect(initialize(graph, { scheme }).size).toBeGreaterThan(0);
  });
});

describe("what is missing is said, with what to add", () => {
  test.each<[SchemeName, Graph, string[]]>([
    [
      "rezero",
      resnet(5, 2, { scalars: (branch) => branch !== 3 }),
      [
        'rezero needs a learnable scalar at the end of each residual branch; branch 3 (ends in "b3.conv2") has none: ' +
          "multiply the branch's output by a parameter that starts at 0",
      ],
    ],
    [
      "skipinit",
      resnet(3, 2, { norms: true }),
      [
        'skipinit needs a network without normalization, but node "norm3" (and 5 more) is a norm: remove it',
        'skipinit needs a learnable scalar at the end of each residual branch; branch 0 (ends in "b0.conv2") has none, ' +
          "and 2 more branches like it: multiply the branch's output by a parameter that starts at 0",
      ],
    ],
    [
      "fixup",
      resnet(2, 3, { scalars: () => true }),
      [
        'fixup needs a bias before or behind each weight of a residual branch; branch 0 (ends in "b0.conv3") has 0 for 3 weights, ' +
          "and 1 more branch like it: add a learnable scalar that starts at 0 before each weight and each non-linearity",
      ],
    ],
    [
      "zero-gamma",
      transformer(1, 0, { norm: "pre" }),
      [
        'zero-gamma needs a norm or a gate after the last weight of each residual branch; branch 0 (ends in "e0.o.w") has none, and 1 more ' +
          "branch like it: put a norm with a scale there (post-norm branches, as in ResNet), or multiply by a parameter",
      ],
    ],
    ["gpt2", resnet(0, 1), ["gpt2 needs residual branches, but the network has none"]],
    [
      "isonet",
      resnet(1, 1, { scalars: () => true }),
      [
        'isonet needs shifted ReLUs, max(x, b), but node "activation1" (and 1 more) is a plain ReLU: subtract a learnable b, ' +
          "one value per channel that starts at -1, before it and add it again behind it",
      ],
    ],
    [
      "deepnet",
      transformer(2, 0, { norm: "pre" }),
      [
        "deepnet needs a norm right behind each residual sum, but only 0 of 4 sums have one: put the norm behind the addition (post-norm)",
        'deepnet needs the skip of each residual branch multiplied by alpha before the sum; branch 0 (ends in "e0.o.w") has no factor ' +
          "where alpha is 1.41421, and 3 more branches like it: multiply the skip by alpha in the model, or, where the model does so " +
          'out of sight of the graph, pass deepnet({ alpha: "assumed" })',
      ],
    ],
    ["irnn", resnet(1, 1), ["irnn needs a plain recurrent layer with ReLU, but the network has no recurrent layer"]],
  ])("%s", (scheme, graph, expected) => {
    expect(messages(graph, scheme)).toEqual(expected);
    expect(() => initialize(graph, { scheme })).toThrow(IdinitError);
    expect(() => initialize(graph, { scheme })).toThrow(expected.join("; "));
  });

  test("a wrong factor is as bad as none, and only where it is wrong", () => {
    const graph = transformer(2, 0, { norm: "post", alpha: (_, branch) => (branch === 2 ? 1.5 : Math.SQRT2) });
    const [missing, ...others] = missingRequirements(graph, { scheme: "deepnet" });
    expect(others).toEqual([]);
    expect(missing!.branches).toEqual([2]);
    expect(missing!.factors).toEqual([expect.closeTo(Math.SQRT2, 6)]);
    expect(missing!.message).toContain("has 1.5 where alpha is 1.41421");
    expect(missingRequirements(graph, { scheme: deepnet({ alpha: "assumed" }) })).toEqual([]);
    const eight = missingRequirements(graph, { scheme: deepnet({ encoderLayers: 8 }) });
    expect(eight[0]!.message).toContain("alpha is 2,");
  });

  test("a bias behind the branch's end is one of its biases", () => {
    // Two weights, a bias before one and one at the end: enough.
    const b = new Build();
    const shift = (x: string, name: string) =>
      b.node("shift", [x], { shift: { parameter: b.parameter(name, [1]), layout: "O" } });
    const x = b.conv(b.input(), "stem", { in: 3 });
    const h = b.conv(b.act(b.conv(shift(x, "before"), "conv1")), "conv2");
    const scaled = b.node("scale", [h], { gate: { parameter: b.parameter("scale", [1]), layout: "O" } });
    const graph = b.graph(b.dense(b.move(b.pool(b.add(x, shift(scaled, "end")))), "head"));
    expect(messages(graph, "fixup")).toEqual([]);
  });

  test("gates of a recurrent layer are too much for irnn", () => {
    const b = new Build();
    const x = b.node(
      "recurrent",
      [b.input()],
      {
        inputKernel: { parameter: b.parameter("wx", [32, 8]), layout: "OI", parts: 4 },
        recurrentKernel: { parameter: b.parameter("wh", [32, 8]), layout: "OI", parts: 4 },
      },
      { kind: "lstm" },
    );
    expect(messages(b.graph(b.dense(x, "head")), "irnn")).toEqual([
      'irnn needs plain recurrent layers with ReLU, but node "recurrent0" has gates: use a layer without gates',
    ]);
  });

  test("is data", () => {
    const missing = missingRequirements(resnet(2, 1), { scheme: "rezero" });
    expect(JSON.parse(JSON.stringify(missing))).toEqual(missing);
    expect(missing).toMatchObject([{ requirement: { kind: "branch-scalar", initial: 0 }, branches: [0, 1] }]);
  });
});
