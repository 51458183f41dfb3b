/** Residual convs of one width without norms. */
import type { Architecture, InputSpec } from "./architecture.js";
import { layerBuilder } from "./builder.js";
import { requireInteger } from "./check.js";
import { validate } from "./validate.js";

export interface ResConvOptions {
  readonly classes: number;
  readonly input: InputSpec & { readonly kind: "image" };
  /** Default 10. */
  readonly blocks?: number;
  /** Channels of every conv. Default 16. */
  readonly width?: number;
}

/**
 * ResConv of P25 C.3: a 3×3 stem, blocks `x + conv(relu(conv(x)))`, global average, dense head.
 *
 * @throws IdinitError when a number is out of range.
 */
export function resConv(options: ResConvOptions): Architecture {
  const { classes, input, blocks = 10, width = 16 } = options;
  requireInteger("resConv: blocks", blocks, 1);
  const builder = layerBuilder();
  const conv = (name: string) =>
    builder.add(name, { op: "conv", out: width, kernel: 3, stride: 1, padding: 1, groups: 1, bias: true });
  conv("stem");
  builder.add("stem.relu", { op: "activation", kind: "relu" });
  for (let block = 1; block <= blocks; block++) {
    const from = builder.last;
    conv(`block${block}.conv1`);
    builder.add(`block${block}.relu`, { op: "activation", kind: "relu" });
    const branch = conv(`block${block}.conv2`);
    builder.add(`block${block}.add`, { op: "add" }, [branch, from]);
  }
  builder.add("pool", { op: "globalAveragePool" });
  const output = builder.add("fc", { op: "dense", out: classes, bias: true });
  const architecture: Architecture = { name: `resconv-${blocks}x2x${width}`, input, layers: builder.layers, output };
  validate(architecture);
  return architecture;
}
