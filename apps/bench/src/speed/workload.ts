/** What the speed command trains. */
import { type Architecture, imagenetResnet, mlp, resnet, transformer } from "../architectures/index.js";

interface Workload {
  readonly make: () => Architecture;
  /** Examples of a step where nothing is said. */
  readonly batch: number;
  /** Instead of the recipe's. */
  readonly weightDecay?: number;
}

/** Architectures by the name the command line takes. */
export const workloads = {
  "resnet-20": { make: () => cifarResnet(20), batch: 128 },
  "resnet-56": { make: () => cifarResnet(56), batch: 128 },
  "resnet-110": { make: () => cifarResnet(110), batch: 128 },
  /** ImageNet's ResNet-18 on images of 64×64 in 200 classes, as in Tiny ImageNet. */
  "resnet-18": {
    make: () =>
      imagenetResnet({ depth: 18, classes: 200, input: { kind: "image", channels: 3, height: 64, width: 64 } }),
    batch: 128,
  },
  /** The `text` scenario's size: 2 layers of width 64 on 32 tokens. */
  transformer: { make: () => transformer({ classes: 6, length: 32, vocabulary: 8000 }), batch: 32 },
  /** 4 layers of width 256 on 128 tokens. */
  "transformer-large": {
    make: () => transformer({ classes: 6, length: 128, vocabulary: 8000, layers: 4, width: 256, heads: 8 }),
    batch: 32,
  },
  /** A step of a few milliseconds anywhere, to see that all works. */
  tiny: { make: () => mlp({ features: 8, hidden: 16, layers: 3, classes: 4 }), batch: 128 },
  /** 784-512×4-10: Linear-5 on MNIST's size. */
  mlp: { make: () => mlp({ features: 784, hidden: 512, layers: 5, classes: 10 }), batch: 128 },
  /** The same without weight decay, which brain.js lacks. */
  "mlp-plain": {
    make: () => mlp({ features: 784, hidden: 512, layers: 5, classes: 10 }),
    batch: 128,
    weightDecay: 0,
  },
} as const satisfies Record<string, Workload>;

export type WorkloadName = keyof typeof workloads;

/** Names of all. */
export const workloadNames = Object.keys(workloads) as WorkloadName[];

function cifarResnet(depth: number): Architecture {
  return resnet({ depth, classes: 10, input: { kind: "image", channels: 3, height: 32, width: 32 } });
}
