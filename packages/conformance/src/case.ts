/** What an adapter's tests hand to the suite: a real model of the framework and what is known about it. */
import type { Role } from "@idinit/core";

/** One model to check an adapter with. */
export interface ConformanceCase<Model> {
  /** What the model is, for the test's title: `"residual MLP"`. */
  readonly name: string;
  /** Makes the model anew, with the same structure, names and values at each call. */
  model(): Model | Promise<Model>;
  /** The role of every parameter that the graph's nodes use, by parameter name. */
  readonly roles: Readonly<Record<string, Role>>;
  /** Roles given by hand for what cannot be inferred, as a user would pass them. */
  readonly overrides?: Readonly<Record<string, Role>>;
  /**
   * The model's output on one fixed input that is neither zero nor constant. Where it is given and the model has residual
   * branches, the suite checks that IDInit closes them. Leave out a final softmax: it hides differences.
   */
  forward?(model: Model): ArrayLike<number> | Promise<ArrayLike<number>>;
  /**
   * How much the branches may change the output at the start, relative to its largest value. Default 2e-3: a norm behind
   * the closed weight makes 1e-6 to 4.5e-4, once for each block.
   */
  readonly closedWithin?: number;
}
