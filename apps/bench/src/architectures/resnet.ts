/** The CIFAR residual network. */
import { IdinitError } from "@idinit/core";
import type { Architecture, InputSpec } from "./architecture.js";
import { type LayerBuilder, layerBuilder } from "./builder.js";
import { validate } from "./validate.js";

export interface ResnetOptions {
  /** 6n + 2: 8, 14, 20, 32, 44, 56, 110, ... */
  readonly depth: number;
  readonly classes: number;
  readonly input: InputSpec & { readonly kind: "image" };
  /** Channels of the first stage; the next two have twice and four times as many. Default 16. */
  readonly width?: number;
  /** How a block's input reaches a block's output of another shape: `"pad"` (option A, default) or a 1×1 conv (option B). */
  readonly shortcut?: "pad" | "projection";
  /** Batch norm after each conv, or a bias and no norm. Default `"batch"`. */
  readonly norm?: "batch" | "none";
}

/**
 * ResNet for small images (He et al. 2016, section 4.2): a 3×3 stem, three stages of n blocks
 * `relu(x + norm(conv(relu(norm(conv(x))))))`, global average, dense head.
 *
 * Batch norm has epsilon 1e-5 and momentum 0.1.
 *
 * @example resnet({ depth: 20, classes: 10, input: { kind: "image", channels: 3, height: 32, width: 32 } })
 * @throws IdinitError when `depth` is not 6n + 2, or a number is out of range.
 */
export function resnet(options: ResnetOptions): Architecture {
  const { depth, classes, input, width = 16, shortcut = "pad", norm = "batch" } = options;
  const blocks = (depth - 2) / 6;
  if (!Number.isInteger(blocks) || blocks < 1)
    throw new IdinitError(`resnet: depth needs 6n + 2 with n >= 1, got ${depth}`);
  const builder = layerBuilder();
  const relu = (name: string, from?: readonly string[]) => builder.add(name, { op: "activation", kind: "relu" }, from);

  convNorm(builder, "stem", { out: width, kernel: 3, stride: 1 }, norm);
  relu("stem.relu");
  let channels = width;
  for (let stage = 1; stage <= 3; stage++) {
    const out = width * 2 ** (stage - 1);
    for (let index = 1; index <= blocks; index++) {
      const at = `stage${stage}.block${index}`;
      const from = builder.last;
      const stride = stage > 1 && index === 1 ? 2 : 1;
      convNorm(builder, `${at}.conv1`, { out, kernel: 3, stride }, norm);
      relu(`${at}.relu1`);
      const branch = convNorm(builder, `${at}.conv2`, { out, kernel: 3, stride: 1 }, norm);
      let carried = from;
      if (stride !== 1 || channels !== out) {
        carried =
          shortcut === "pad"
            ? builder.add(`${at}.shortcut`, { op: "zeroPadShortcut", stride, out }, [from])
            : convNorm(builder, `${at}.shortcut`, { out, kernel: 1, stride }, norm, from);
      }
      builder.add(`${at}.add`, { op: "add" }, [branch, carried]);
      relu(`${at}.relu2`);
      channels = out;
    }
  }
  builder.add("pool", { op: "globalAveragePool" });
  const output = builder.add("fc", { op: "dense", out: classes, bias: true });

  const parts = [`resnet-${depth}`];
  if (width !== 16) parts.push(`w${width}`);
  if (shortcut !== "pad") parts.push(shortcut);
  if (norm !== "batch") parts.push("nonorm");
  const architecture: Architecture = { name: parts.join("-"), input, layers: builder.layers, output };
  validate(architecture);
  return architecture;
}

/** A conv that keeps the size (at stride 1) and its norm; the name of what comes out. */
function convNorm(
  builder: LayerBuilder,
  name: string,
  { out, kernel, stride }: { readonly out: number; readonly kernel: number; readonly stride: number },
  norm: "batch" | "none",
  from = builder.last,
): string {
  const padding = (kernel - 1) / 2;
  builder.add(name, { op: "conv", out, kernel, stride, padding, groups: 1, bias: norm === "none" }, [from]);
  if (norm === "none") return name;
  return builder.add(`${name}.norm`, { op: "batchNorm", epsilon: 1e-5, momentum: 0.1 });
}
