/** What the speed command trains. */
import { type Architecture, mlp, resnet, transformer } from "../architectures/index.js";

/** Architectures by the name the command line takes. */
export const workloads = {
  "resnet-20": (): Architecture =>
    resnet({ depth: 20, classes: 10, input: { kind: "image", channels: 3, height: 32, width: 32 } }),
  /** The `text` scenario's size: 2 layers of width 64 on 32 tokens. */
  transformer: (): Architecture => transformer({ classes: 6, length: 32, vocabulary: 8000 }),
  /** Linear-5 on MNIST's size. */
  mlp: (): Architecture => mlp({ features: 784, hidden: 512, layers: 5, classes: 10 }),
} as const;

export type WorkloadName = keyof typeof workloads;
