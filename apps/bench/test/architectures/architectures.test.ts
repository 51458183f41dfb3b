import { describe, expect, it } from "vitest";
import type { Architecture, Layer } from "../../src/architectures/architecture.js";
import {
  allconv,
  imagenetResnet,
  longStem,
  mlp,
  parameters,
  resConv,
  resMlp,
  resnet,
  shapes,
  transformer,
  validate,
} from "../../src/architectures/index.js";

const cifar = { kind: "image", channels: 3, height: 32, width: 32 } as const;
const count = (architecture: Architecture, kinds = ["kernel", "bias", "table", "scale", "shift"]) =>
  parameters(architecture)
    .filter(({ kind }) => kinds.includes(kind))
    .reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);

describe("architectures", () => {
  // Weight counts of He et al. 2016, Table 6: 0.27M, 0.46M, 0.66M, 0.85M, 1.7M.
  it.each([
    [20, 0.27],
    [32, 0.46],
    [44, 0.66],
    [56, 0.85],
    [110, 1.7],
  ])("resnet-%i has the paper's number of parameters", (depth, millions) => {
    expect(count(resnet({ depth, classes: 10, input: cifar })) / 1e6).toBeCloseTo(millions, 1);
  });

  it("a resnet has depth weight layers, and only a projection adds more", () => {
    const kernels = (shortcut: "pad" | "projection") =>
      parameters(resnet({ depth: 20, classes: 10, input: cifar, shortcut })).filter(({ kind }) => kind === "kernel")
        .length;
    expect(kernels("pad")).toBe(20);
    expect(kernels("projection")).toBe(22);
  });

  it("shapes follow the stages", () => {
    const known = shapes(resnet({ depth: 8, classes: 10, input: cifar }));
    expect(known.get("stage1.block1.add")).toEqual([16, 32, 32]);
    expect(known.get("stage2.block1.shortcut")).toEqual([32, 16, 16]);
    expect(known.get("stage3.block1.add")).toEqual([64, 8, 8]);
    expect(known.get("fc")).toEqual([10]);
    expect(shapes(allconv({ classes: 10, input: cifar })).get("conv9")).toEqual([10, 8, 8]);
  });

  // 11.7 and 21.8 million: the counts that PyTorch's model zoo gives.
  it.each([
    [18, 11_689_512],
    [34, 21_797_672],
  ] as const)("ImageNet's ResNet-%i has the published number of parameters, and four stages", (depth, expected) => {
    const input = { kind: "image", channels: 3, height: 224, width: 224 } as const;
    const network = imagenetResnet({ depth, classes: 1000, input });
    expect(count(network)).toBe(expected);
    const known = shapes(network);
    expect(known.get("stem.pool")).toEqual([64, 56, 56]);
    expect(["stage2", "stage3", "stage4"].map((stage) => known.get(`${stage}.block1.shortcut`))).toEqual([
      [128, 28, 28],
      [256, 14, 14],
      [512, 7, 7],
    ]);
  });

  it("AllConv has the published 1.37 M parameters", () => {
    expect(count(allconv({ classes: 10, input: cifar }))).toBe(1369738);
  });

  it("Res-112 has 109 convs in its one branch, of three widths, and 112 layers on its main way", () => {
    const network = longStem({ classes: 10, input: cifar });
    const convs = network.layers.filter(({ op, name }) => op === "conv" && name.startsWith("stem.conv"));
    expect(convs).toHaveLength(109);
    const known = shapes(network);
    expect(["stem.conv1", "stem.conv50", "stem.conv109", "stem.shortcut"].map((name) => known.get(name))).toEqual([
      [16, 32, 32],
      [32, 16, 16],
      [64, 8, 8],
      [64, 8, 8],
    ]);
    // conv1, the branch, conv2 and the head; beside them the shortcut.
    expect(parameters(network).filter(({ kind }) => kind === "kernel")).toHaveLength(112 + 1);
    expect(() => longStem({ classes: 10, input: cifar, convs: 3 })).toThrow(/convs needs a whole number >= 4, got 3/);
  });

  it("Linear-5 is five dense layers", () => {
    const linear = mlp({ features: 784, hidden: 512, layers: 5, classes: 10 });
    expect(
      parameters(linear)
        .filter(({ kind }) => kind === "kernel")
        .map(({ shape }) => shape),
    ).toEqual([
      [512, 784],
      [512, 512],
      [512, 512],
      [512, 512],
      [10, 512],
    ]);
    expect(linear.name).toBe("mlp-5x512-relu");
  });

  it("residual dense nets have a stem only where widths differ", () => {
    expect(resMlp({ features: 96, width: 96, blocks: 10, activation: "none", classes: 10 }).layers[0]?.name).toBe(
      "block1.fc1",
    );
    const jacobian = resMlp({ features: 3072, width: 256, blocks: 64, layersPerBlock: 1, classes: 10 });
    expect(jacobian.layers[0]?.name).toBe("stem");
    expect(parameters(jacobian).filter(({ kind }) => kind === "kernel")).toHaveLength(66);
  });

  it("resConv keeps its width", () => {
    expect(count(resConv({ classes: 10, input: cifar }), ["kernel"])).toBe(16 * 27 + 20 * 16 * 144 + 160);
  });

  it("transformer parameters have the names and shapes the engines rely on", () => {
    const list = parameters(transformer({ classes: 6, length: 12, vocabulary: 50, layers: 1, heads: 2, width: 8 }));
    const named = new Map(list.map((info) => [info.name, info.shape]));
    expect(named.get("embedding.weight")).toEqual([50, 8]);
    expect(named.get("position.weight")).toEqual([12, 8]);
    expect(named.get("block1.attention.query.weight")).toEqual([8, 8]);
    expect(named.get("block1.fc1.weight")).toEqual([32, 8]);
    expect(named.get("fc.weight")).toEqual([6, 8]);
    expect(new Set(named.keys()).size).toBe(list.length);
  });

  it("names tell architectures apart and plain JSON keeps them whole", () => {
    const all = [
      resnet({ depth: 8, classes: 10, input: cifar }),
      resnet({ depth: 8, classes: 10, input: cifar, shortcut: "projection" }),
      resnet({ depth: 8, classes: 10, input: cifar, norm: "none" }),
      mlp({ features: 4, hidden: [8, 6], classes: 3 }),
      mlp({ features: 4, hidden: 8, classes: 3, activation: "tanh" }),
    ];
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    for (const architecture of all) expect(JSON.parse(JSON.stringify(architecture))).toEqual(architecture);
  });
});

describe("validate", () => {
  const dense = (name: string, out: number, inputs: readonly string[]): Layer => ({
    op: "dense",
    name,
    out,
    bias: true,
    inputs,
  });
  const image = { kind: "image", channels: 1, height: 6, width: 6 } as const;
  const net = (
    layers: readonly Layer[],
    output = "b",
    input: Architecture["input"] = { kind: "vector", features: 4 },
  ): Architecture => ({
    name: "net",
    input,
    layers,
    output,
  });
  it.each([
    ["an unknown input", net([dense("b", 3, ["nowhere"])]), /dense layer "b" reads "nowhere"/],
    ["a later input", net([dense("a", 3, ["b"]), dense("b", 3, ["a"])]), /layer "a" reads "b"/],
    [
      "pooling of padding only",
      net([{ op: "maxPool", name: "b", kernel: 3, stride: 2, padding: 2, inputs: ["input"] }], "b", image),
      /"b": padding needs at most half the kernel 3, got 2/,
    ],
    ["a taken name", net([dense("b", 3, ["input"]), dense("b", 3, ["b"])]), /unique/],
    ["a missing output", net([dense("a", 3, ["input"])]), /output "b" is not a layer/],
    ["a layer nobody reads", net([dense("a", 3, ["input"]), dense("b", 3, ["input"])]), /"a": nothing reads it/],
    ["a width of 0", net([dense("b", 0, ["input"])]), /out needs a whole number >= 1, got 0/],
    ["a width of NaN", net([dense("b", Number.NaN, ["input"])]), /got NaN/],
    [
      "unequal summands",
      net([dense("a", 3, ["input"]), { op: "add", name: "b", inputs: ["a", "input"] }]),
      /"b" needs two values of equal shape .*\[batch, 4\]/,
    ],
    [
      "a conv on a vector",
      net([
        { op: "conv", name: "b", out: 3, kernel: 3, stride: 1, padding: 1, groups: 1, bias: false, inputs: ["input"] },
      ]),
      /"b" needs an image .* got a value of shape \[batch, 4\]/,
    ],
  ])("refuses %s", (_, architecture, message) => {
    expect(() => validate(architecture)).toThrow(message);
  });

  it("refuses bad options of the factories", () => {
    expect(() => resnet({ depth: 21, classes: 10, input: cifar })).toThrow(/6n \+ 2 with n >= 1, got 21/);
    expect(() => transformer({ classes: 2, length: 4, vocabulary: 9, width: 10, heads: 4 })).toThrow(
      /a width that 4 heads divide/,
    );
    expect(() => imagenetResnet({ depth: 50 as 18, classes: 2, input: cifar })).toThrow(/18 or 34, got 50/);
    expect(() => mlp({ features: 4, hidden: [3], layers: 5, classes: 2 })).toThrow(/got layers 5/);
    expect(() => allconv({ classes: 10, input: { ...cifar, width: 0 } })).toThrow(
      /input width needs a whole number >= 1, got 0/,
    );
  });
});
