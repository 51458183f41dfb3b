/** What a scheme is: a named value that picks an initializer for every site of a network. */
import type { Site } from "../graph/site.js";
import type { Initializer, Json } from "../initializer.js";

/** What a scheme decides for one parameter: an initializer, or to leave the values that the model has. */
export type Pick = Initializer | "leave";

/** Made by the factories in `schemes/` (`idinit()`, `kaiming()`, ...). */
export interface Scheme {
  readonly name: string;
  /** All parameters with their defaults filled in. */
  readonly params: Readonly<Record<string, Json>>;
  /** Chooses for one site. Throws if the scheme cannot serve it; the error names the parameter. */
  pick(site: Site): Pick;
}
