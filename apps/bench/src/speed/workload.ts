/** What the speed command trains. */
import { type Architecture, mlp, resnet, transformer } from "../architectures/index.js";

/** Architectures by the name the command line takes. */
export const workloads = {
  "resnet-20": () => cifarResnet(20),
  "resnet-56": () => cifarResnet(56),
  "resnet-110": () => cifarResnet(110),
  /** The `text` scenario's size: 2 layers of width 64 on 32 tokens. */
  transformer: (): Architecture => transformer({ classes: 6, length: 32, vocabulary: 8000 }),
  /** 6 layers of width 256 on 128 tokens. */
  "transformer-large": (): Architecture =>
    transformer({ classes: 6, length: 128, vocabulary: 8000, layers: 6, width: 256, heads: 8 }),
  /** A step of a few milliseconds anywhere, to see that all works. */
  tiny: (): Architecture => mlp({ features: 8, hidden: 16, layers: 3, classes: 4 }),
  /** Linear-5 on MNIST's size. */
  mlp: (): Architecture => mlp({ features: 784, hidden: 512, layers: 5, classes: 10 }),
} as const;

export type WorkloadName = keyof typeof workloads;

/** Names of all. */
export const workloadNames = Object.keys(workloads) as WorkloadName[];

function cifarResnet(depth: number): Architecture {
  return resnet({ depth, classes: 10, input: { kind: "image", channels: 3, height: 32, width: 32 } });
}
