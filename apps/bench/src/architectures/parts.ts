/** Parts that some schemes need of a residual network, or need it to do without. */
import { resolveScheme, type Scheme, type SchemeName } from "@idinit/core";

/** Options that residual architectures share. */
export interface Parts {
  /**
   * `"usual"` (default): where the architecture has its norms; `"none"`: no norm at all; `"post"`: right behind each residual sum (Transformers
   * only).
   */
  readonly norm?: "usual" | "none" | "post";
  /** A learnable factor at the end of each residual branch. Default false. */
  readonly multipliers?: boolean;
  /** `"usual"` (default): those of dense and conv layers; `"scalar"`: one learnable number before each weight and non-linearity instead. */
  readonly biases?: "usual" | "scalar";
  /** DeepNet's constant α on the skip of each residual branch, (2N)^(1/4) for N layers (Transformers only). Default false. */
  readonly alpha?: boolean;
}

/**
 * What a scheme needs, as options: read off its requirements, so that every scheme trains the network that it was made for. `{}` where it
 * needs nothing.
 *
 * @example partsFor("skipinit") // { norm: "none", multipliers: true }
 */
export function partsFor(scheme: Scheme | SchemeName): Parts {
  const kinds = new Set(resolveScheme(scheme).requires?.map(({ kind }) => kind));
  return {
    ...(kinds.has("no-norm") && { norm: "none" }),
    ...(kinds.has("post-norm") && { norm: "post" }),
    ...(kinds.has("branch-scalar") && { multipliers: true }),
    ...(kinds.has("branch-biases") && { biases: "scalar" }),
    ...(kinds.has("skip-factor") && { alpha: true }),
  };
}

/** The parts that are not usual, for an architecture's name. */
export function nameParts({ norm = "usual", multipliers = false, biases = "usual", alpha = false }: Parts): string[] {
  const norms = { usual: [], none: ["nonorm"], post: ["postnorm"] }[norm];
  return [
    ...norms,
    ...(multipliers ? ["multipliers"] : []),
    ...(biases === "scalar" ? ["scalarbiases"] : []),
    ...(alpha ? ["alpha"] : []),
  ];
}
