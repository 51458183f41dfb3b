/** Small networks of every kind for the tests. */
import {
  type Architecture,
  allconv,
  imagenetResnet,
  longStem,
  mlp,
  type Parts,
  resConv,
  resMlp,
  resnet,
  transformer,
} from "../../src/architectures/index.js";

export const image = { kind: "image", channels: 3, height: 16, width: 16 } as const;

/** ResNet-8 with four channels. */
export const smallResnet = (options: Partial<Parameters<typeof resnet>[0]> = {}): Architecture =>
  resnet({ depth: 8, classes: 10, input: image, width: 4, ...options });

/** Two layers, two heads. */
export const smallTransformer = (parts: Parts = {}): Architecture =>
  transformer({ classes: 6, length: 7, vocabulary: 20, width: 8, heads: 2, ...parts });

/** What schemes without needs train. */
export const usual = {
  resnet: smallResnet(),
  projection: smallResnet({ shortcut: "projection" }),
  imagenetResnet: imagenetResnet({ depth: 18, classes: 10, input: { ...image, height: 32, width: 32 }, width: 2 }),
  normFree: smallResnet({ norm: "none" }),
  mlp: mlp({ features: 12, hidden: [9, 7], classes: 5, activation: "tanh" }),
  resMlp: resMlp({ features: 12, width: 8, blocks: 2, classes: 5, activation: "gelu" }),
  shallowResMlp: resMlp({ features: 12, width: 8, blocks: 2, classes: 5, layersPerBlock: 1 }),
  allconv: allconv({ classes: 10, input: image, width: 4 }),
  longStem: longStem({ classes: 10, input: image, convs: 6, width: 4 }),
  resConv: resConv({ classes: 10, input: image, blocks: 2, width: 4 }),
  transformer: smallTransformer(),
} as const satisfies Record<string, Architecture>;

/** With the parts that some schemes need. */
export const special = {
  rezero: smallResnet({ multipliers: true }),
  skipinit: smallResnet({ norm: "none", multipliers: true }),
  fixup: smallResnet({ norm: "none", multipliers: true, biases: "scalar", shortcut: "projection" }),
  fixupTransformer: smallTransformer({ norm: "none", multipliers: true, biases: "scalar" }),
  deepnet: smallTransformer({ norm: "post", alpha: true }),
} as const satisfies Record<string, Architecture>;

/** All of them. */
export const networks: readonly Architecture[] = [...Object.values(usual), ...Object.values(special)];
