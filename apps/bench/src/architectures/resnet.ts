/** The CIFAR residual network. */
import { IdinitError } from "@idinit/core";
import type { Architecture, InputSpec } from "./architecture.js";
import { layerBuilder } from "./builder.js";
import { nameParts, type Parts } from "./parts.js";
import { validate } from "./validate.js";

export interface ResnetOptions extends Omit<Parts, "norm" | "alpha"> {
  /** 6n + 2: 8, 14, 20, 32, 44, 56, 110, ... */
  readonly depth: number;
  readonly classes: number;
  readonly input: InputSpec & { readonly kind: "image" };
  /** Channels of the first stage; the next two have twice and four times as many. Default 16. */
  readonly width?: number;
  /** How a block's input reaches a block's output of another shape: `"pad"` (option A, default) or a 1×1 conv (option B). */
  readonly shortcut?: "pad" | "projection";
  /** Batch norm after each conv, or none. Default `"usual"`. */
  readonly norm?: "usual" | "none";
}

/**
 * ResNet for small images (He et al. 2016, section 4.2): a 3×3 stem, three stages of n blocks
 * `relu(x + norm(conv(relu(norm(conv(x))))))`, global average, dense head.
 *
 * Batch norm has epsilon 1e-5 and momentum 0.1. Without it each conv has a bias, or with `biases: "scalar"` the scalar ones of Fixup
 * (Zhang, Dauphin, Ma 2019): one before each conv, ReLU and dense layer, none before the stem.
 *
 * @example resnet({ depth: 20, classes: 10, input: { kind: "image", channels: 3, height: 32, width: 32 } })
 * @throws IdinitError when `depth` is not 6n + 2, or a number is out of range.
 */
export function resnet(options: ResnetOptions): Architecture {
  const { depth, classes, input, width = 16, shortcut = "pad" } = options;
  const { norm = "usual", biases = "usual", multipliers = false } = options;
  const blocks = (depth - 2) / 6;
  if (!Number.isInteger(blocks) || blocks < 1)
    throw new IdinitError(`resnet: depth needs 6n + 2 with n >= 1, got ${depth}`);
  const builder = layerBuilder();
  const shifted = (name: string, from = builder.last) =>
    biases === "scalar" ? builder.add(`${name}.shift`, { op: "shift" }, [from]) : from;
  const relu = (name: string) => builder.add(name, { op: "activation", kind: "relu" }, [shifted(name)]);
  const conv = (name: string, out: number, kernel: number, stride: number, from = builder.last) => {
    const bias = norm === "none" && biases === "usual";
    builder.add(name, { op: "conv", out, kernel, stride, padding: (kernel - 1) / 2, groups: 1, bias }, [from]);
    if (norm === "none") return name;
    return builder.add(`${name}.norm`, { op: "batchNorm", epsilon: 1e-5, momentum: 0.1 });
  };

  conv("stem", width, 3, 1);
  relu("stem.relu");
  let channels = width;
  for (let stage = 1; stage <= 3; stage++) {
    const out = width * 2 ** (stage - 1);
    for (let index = 1; index <= blocks; index++) {
      const at = `stage${stage}.block${index}`;
      const from = builder.last;
      const stride = stage > 1 && index === 1 ? 2 : 1;
      conv(`${at}.conv1`, out, 3, stride, shifted(`${at}.conv1`));
      relu(`${at}.relu1`);
      let branch = conv(`${at}.conv2`, out, 3, 1, shifted(`${at}.conv2`));
      if (multipliers) branch = builder.add(`${at}.multiplier`, { op: "multiplier" });
      let carried = from;
      if (stride !== 1 || channels !== out) {
        carried =
          shortcut === "pad"
            ? builder.add(`${at}.shortcut`, { op: "zeroPadShortcut", stride, out }, [from])
            : conv(`${at}.shortcut`, out, 1, stride, shifted(`${at}.shortcut`, from));
      }
      builder.add(`${at}.add`, { op: "add" }, [branch, carried]);
      relu(`${at}.relu2`);
      channels = out;
    }
  }
  builder.add("pool", { op: "globalAveragePool" });
  const output = builder.add("fc", { op: "dense", out: classes, bias: true }, [shifted("fc")]);

  const parts = [`resnet-${depth}`];
  if (width !== 16) parts.push(`w${width}`);
  if (shortcut !== "pad") parts.push(shortcut);
  parts.push(...nameParts(options));
  const architecture: Architecture = { name: parts.join("-"), input, layers: builder.layers, output };
  validate(architecture);
  return architecture;
}
