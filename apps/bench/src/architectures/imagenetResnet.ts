/** The ImageNet residual network of basic blocks. */
import { IdinitError } from "@idinit/core";
import type { Architecture, InputSpec } from "./architecture.js";
import { layerBuilder } from "./builder.js";
import { validate } from "./validate.js";

export interface ImagenetResnetOptions {
  readonly depth: 18 | 34;
  readonly classes: number;
  readonly input: InputSpec & { readonly kind: "image" };
  /** Channels of the first of four stages; each next one has twice as many. Default 64. */
  readonly width?: number;
}

/** Blocks of each stage. */
const blocksOf: Readonly<Record<number, readonly number[]>> = { 18: [2, 2, 2, 2], 34: [3, 4, 6, 3] };

/**
 * ResNet-18 and -34 (He et al. 2016, Table 1): a 7×7 stem of stride 2, 3×3 max pooling of stride 2, four stages of blocks
 * `relu(x + norm(conv(relu(norm(conv(x))))))` with a 1×1 conv of stride 2 and a norm as shortcut where a stage begins
 * (option B), global average, dense head.
 *
 * Batch norm has epsilon 1e-5 and momentum 0.1; convs have no bias.
 *
 * @example imagenetResnet({ depth: 18, classes: 1000, input: { kind: "image", channels: 3, height: 224, width: 224 } })
 * @throws IdinitError when `depth` is not 18 or 34, or a number is out of range.
 */
export function imagenetResnet(options: ImagenetResnetOptions): Architecture {
  const { depth, classes, input, width = 64 } = options;
  const stages = blocksOf[depth];
  if (!stages) throw new IdinitError(`imagenetResnet: depth needs 18 or 34, got ${depth}`);
  const builder = layerBuilder();
  const conv = (name: string, out: number, kernel: number, stride: number, from = builder.last) => {
    const padding = (kernel - 1) / 2;
    builder.add(name, { op: "conv", out, kernel, stride, padding, groups: 1, bias: false }, [from]);
    return builder.add(`${name}.norm`, { op: "batchNorm", epsilon: 1e-5, momentum: 0.1 });
  };
  const relu = (name: string) => builder.add(name, { op: "activation", kind: "relu" });

  conv("stem", width, 7, 2);
  relu("stem.relu");
  builder.add("stem.pool", { op: "maxPool", kernel: 3, stride: 2, padding: 1 });
  stages.forEach((blocks, stage) => {
    const out = width * 2 ** stage;
    for (let block = 1; block <= blocks; block++) {
      const at = `stage${stage + 1}.block${block}`;
      const from = builder.last;
      const stride = stage > 0 && block === 1 ? 2 : 1;
      conv(`${at}.conv1`, out, 3, stride);
      relu(`${at}.relu1`);
      const branch = conv(`${at}.conv2`, out, 3, 1);
      const carried = stride === 1 ? from : conv(`${at}.shortcut`, out, 1, stride, from);
      builder.add(`${at}.add`, { op: "add" }, [branch, carried]);
      relu(`${at}.relu2`);
    }
  });
  builder.add("pool", { op: "globalAveragePool" });
  const output = builder.add("fc", { op: "dense", out: classes, bias: true });

  const { channels, height, width: columns } = input;
  const architecture: Architecture = {
    name: `imagenet-resnet-${depth}-${channels}x${height}x${columns}${width === 64 ? "" : `-w${width}`}`,
    input,
    layers: builder.layers,
    output,
  };
  validate(architecture);
  return architecture;
}
