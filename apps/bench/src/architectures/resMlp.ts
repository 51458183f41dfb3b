/** Dense residual networks without norms. */
import type { Architecture } from "./architecture.js";
import { layerBuilder } from "./builder.js";
import { requireInteger } from "./check.js";
import type { DenseActivation } from "./mlp.js";
import { validate } from "./validate.js";

export interface ResMlpOptions {
  readonly features: number;
  readonly classes: number;
  readonly blocks: number;
  readonly width: number;
  /** Dense layers in a block's branch. With 1 the activation follows it, with 2 it stands between them. Default 2. */
  readonly layersPerBlock?: 1 | 2;
  /** Between the two layers of a branch. Default `width`. */
  readonly branchWidth?: number;
  /** Default `"relu"`. */
  readonly activation?: DenseActivation;
}

/**
 * Residual blocks of dense layers: `x + act(W x)` with one layer a block, `x + W2 act(W1 x)` with two.
 *
 * A stem stands before the blocks only where `features` differ from `width`. ResFC of P25 C.3 is
 * `resMlp({ features: 96, width: 96, blocks: 10, activation: "none", classes: 10 })`, the network of P25 C.5
 * `resMlp({ features: 3072, width: 256, blocks: 64, layersPerBlock: 1, classes: 10 })`.
 *
 * @throws IdinitError when a number is out of range.
 */
export function resMlp(options: ResMlpOptions): Architecture {
  const { features, classes, blocks, width, layersPerBlock = 2, activation = "relu" } = options;
  const inner = layersPerBlock === 2 ? (options.branchWidth ?? width) : width;
  requireInteger("resMlp: blocks", blocks, 1);
  const builder = layerBuilder();
  const act = (name: string) => {
    if (activation !== "none") builder.add(name, { op: "activation", kind: activation });
  };
  if (features !== width) builder.add("stem", { op: "dense", out: width, bias: true });
  for (let block = 1; block <= blocks; block++) {
    const from = builder.last;
    builder.add(`block${block}.fc1`, { op: "dense", out: inner, bias: true });
    act(`block${block}.act`);
    if (layersPerBlock === 2) builder.add(`block${block}.fc2`, { op: "dense", out: width, bias: true });
    builder.add(`block${block}.add`, { op: "add" }, [builder.last, from]);
  }
  const output = builder.add("fc", { op: "dense", out: classes, bias: true });
  const architecture: Architecture = {
    name: `resmlp-${blocks}x${layersPerBlock}x${width}${inner === width ? "" : `-b${inner}`}-${activation}`,
    input: { kind: "vector", features },
    layers: builder.layers,
    output,
  };
  validate(architecture);
  return architecture;
}
