/** One residual block whose branch is very long. */
import { IdinitError } from "@idinit/core";
import type { Architecture, InputSpec } from "./architecture.js";
import { layerBuilder } from "./builder.js";
import { nameParts, type Parts } from "./parts.js";
import { validate } from "./validate.js";

export interface LongStemOptions extends Pick<Parts, "multipliers" | "biases"> {
  readonly classes: number;
  readonly input: InputSpec & { readonly kind: "image" };
  /** Convs of the branch, at least 4. Default 109: Res-112. */
  readonly convs?: number;
  /** Channels of the first conv and of the branch's first part; the second and the third have twice and four times as many. Default 16. */
  readonly width?: number;
  /** What stands between the convs of the branch. Default `"relu"`. */
  readonly activation?: "relu" | "none";
}

/**
 * Res-112 of P25 C.6, Table 10: a 3×3 conv, one residual block of 109 3×3 convs, a 3×3 conv, global average, dense
 * head; no norm, so each conv has a bias.
 *
 * The table is cut short in its text and gives neither strides nor the shortcut: here the branch has three parts of equal length, the later
 * two begin with a conv of stride 2 as in a ResNet, and the shortcut is a 1×1 conv of stride 4. (One that pads with zeros leaves IDInit's
 * next conv nothing to read: it takes the first channels, which are then 0.)
 *
 * @throws IdinitError when `convs` is below 4, or a number is out of range.
 */
export function longStem(options: LongStemOptions): Architecture {
  const {
    classes,
    input,
    convs = 109,
    width = 16,
    activation = "relu",
    biases = "usual",
    multipliers = false,
  } = options;
  if (!Number.isInteger(convs) || convs < 4)
    throw new IdinitError(`longStem: convs needs a whole number >= 4, got ${convs}`);
  const builder = layerBuilder();
  const bias = biases === "usual";
  const shifted = (name: string, from = builder.last) =>
    bias ? from : builder.add(`${name}.shift`, { op: "shift" }, [from]);
  const relu = (name: string) => {
    shifted(name);
    return builder.add(name, { op: "activation", kind: "relu" });
  };
  const conv = (name: string, out: number, stride: number) => {
    const from = shifted(name);
    builder.add(name, { op: "conv", out, kernel: 3, stride, padding: 1, groups: 1, bias }, [from]);
  };

  builder.add("conv1", { op: "conv", out: width, kernel: 3, stride: 1, padding: 1, groups: 1, bias });
  const from = relu("conv1.relu");
  const [second, third] = [Math.ceil(convs / 3) + 1, Math.ceil((2 * convs) / 3) + 1];
  for (let index = 1; index <= convs; index++) {
    const out = width * (index >= third ? 4 : index >= second ? 2 : 1);
    if (index > 1 && activation === "relu") relu(`stem.relu${index - 1}`);
    conv(`stem.conv${index}`, out, index === second || index === third ? 2 : 1);
  }
  if (multipliers) builder.add("stem.multiplier", { op: "multiplier" });
  const branch = builder.last;
  const carried = builder.add(
    "stem.shortcut",
    { op: "conv", out: 4 * width, kernel: 1, stride: 4, padding: 0, groups: 1, bias },
    [shifted("stem.shortcut", from)],
  );
  builder.add("stem.add", { op: "add" }, [branch, carried]);
  relu("stem.relu");
  conv("conv2", 4 * width, 1);
  relu("conv2.relu");
  builder.add("pool", { op: "globalAveragePool" });
  const output = builder.add("fc", { op: "dense", out: classes, bias: true }, [shifted("fc")]);

  const parts = nameParts({ multipliers, biases });
  const { channels, height, width: columns } = input;
  const architecture: Architecture = {
    name: [
      `longstem-${convs}-${channels}x${height}x${columns}`,
      ...(width === 16 ? [] : [`w${width}`]),
      ...(activation === "relu" ? [] : ["linear"]),
      ...parts,
    ].join("-"),
    input,
    layers: builder.layers,
    output,
  };
  validate(architecture);
  return architecture;
}
