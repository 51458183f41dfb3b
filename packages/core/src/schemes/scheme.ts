/** What a scheme is: a named value that picks an initializer for every site of a network. */
import type { Site } from "../graph/site.js";
import type { Initializer, Json } from "../initializer.js";
import type { Requirement } from "./requirement.js";

/** What a scheme decides for one parameter: an initializer, or to leave the values that the model has. */
export type Pick = Initializer | "leave";

/** Made by the factories in `schemes/` (`idinit()`, `kaiming()`, ...). */
export interface Scheme {
  readonly name: string;
  /** All parameters with their defaults filled in. */
  readonly params: Readonly<Record<string, Json>>;
  /** What the model must have for the scheme to make sense; `initialize` refuses a model that lacks it. Default nothing. */
  readonly requires?: readonly Requirement[];
  /** Chooses for one site. Throws if the scheme cannot serve it; the error names the parameter. */
  pick(site: Site): Pick;
}
