/** What a scheme needs from a model, as data. */

/** One need. All kinds are plain data, so that an adapter can read them and a record can hold them. */
export type Requirement =
  /** At least one residual branch. */
  | { readonly kind: "residual" }
  /** A learnable scalar (or one value per channel) that multiplies the end of each residual branch. */
  | { readonly kind: "branch-scalar"; readonly initial: number }
  /** A norm with a scale, or such a factor, behind the last weight of each residual branch. */
  | { readonly kind: "branch-end" }
  /** As many biases in each residual branch as it has weights, whether scalars or one value per channel. */
  | { readonly kind: "branch-biases" }
  /** No normalization layer anywhere. */
  | { readonly kind: "no-norm" }
  /** A norm right behind each residual sum. */
  | { readonly kind: "post-norm" }
  /** The skip of each residual branch multiplied by DeepNet's α; layer counts given by hand win over those of the graph. */
  | {
      readonly kind: "skip-factor";
      readonly rule: "deepnet";
      readonly encoderLayers: number | "auto";
      readonly decoderLayers: number | "auto";
    }
  /** A plain recurrent layer, without gates. */
  | { readonly kind: "recurrent" }
  /** ReLUs between two learnable shifts by the same parameter: max(x, b). */
  | { readonly kind: "shifted-relu"; readonly initial: number };

/** One thing that a model lacks. */
export interface Missing {
  readonly requirement: Requirement;
  /** What is needed, where it is missing and what to add, in one sentence without a full stop. */
  readonly message: string;
  /** Indices of the residual branches that lack it, in forward order; absent for what belongs to no branch. */
  readonly branches?: readonly number[];
  /** Of a lacking skip factor: what is needed, one number for each of `branches`. */
  readonly factors?: readonly number[];
  /** Names of the nodes that are too much or wrong. */
  readonly nodes?: readonly string[];
}
