/** Plain dense networks. */
import { IdinitError } from "@idinit/core";
import type { Architecture } from "./architecture.js";
import { layerBuilder } from "./builder.js";
import { validate } from "./validate.js";

/** The non-linearity between dense layers; `"none"` leaves a deep linear network. */
export type DenseActivation = "relu" | "tanh" | "gelu" | "none";

export interface MlpOptions {
  readonly features: number;
  readonly classes: number;
  /** Widths of the hidden layers, or one width for `layers - 1` of them. */
  readonly hidden: number | readonly number[];
  /** Dense layers, the head included. Default 2; not given together with a list of widths. */
  readonly layers?: number;
  /** Default `"relu"`. */
  readonly activation?: DenseActivation;
}

/**
 * Dense layers `fc1`, `fc2`, ... with an activation between them; the last one is the head.
 *
 * Linear-5 of the IDInit paper (P25 C.1) is `mlp({ features: 784, hidden: 512, layers: 5, classes: 10 })`.
 *
 * @throws IdinitError when a number is out of range.
 */
export function mlp(options: MlpOptions): Architecture {
  const { features, classes, activation = "relu" } = options;
  const widths = hiddenWidths(options);
  const builder = layerBuilder();
  widths.forEach((out, index) => {
    builder.add(`fc${index + 1}`, { op: "dense", out, bias: true });
    if (activation !== "none") builder.add(`act${index + 1}`, { op: "activation", kind: activation });
  });
  const output = builder.add(`fc${widths.length + 1}`, { op: "dense", out: classes, bias: true });
  const shape = new Set(widths).size === 1 ? `${widths.length + 1}x${widths[0]}` : widths.join("-");
  const architecture: Architecture = {
    name: `mlp-${shape}-${activation}`,
    input: { kind: "vector", features },
    layers: builder.layers,
    output,
  };
  validate(architecture);
  return architecture;
}

function hiddenWidths({ hidden, layers }: MlpOptions): readonly number[] {
  if (typeof hidden !== "number") {
    if (layers !== undefined && layers !== hidden.length + 1) {
      throw new IdinitError(
        `mlp: ${hidden.length} hidden widths make ${hidden.length + 1} layers, got layers ${layers}`,
      );
    }
    return hidden;
  }
  const count = layers ?? 2;
  if (!Number.isInteger(count) || count < 1)
    throw new IdinitError(`mlp: layers needs a whole number >= 1, got ${count}`);
  return new Array<number>(count - 1).fill(hidden);
}
