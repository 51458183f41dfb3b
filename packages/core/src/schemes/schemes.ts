/** The schemes by name. */
import { IdinitError } from "../errors.js";
import { show } from "../shape.js";
import { idinit } from "./idinit.js";
import { kaiming } from "./kaiming.js";
import { keras } from "./keras.js";
import { orthogonal } from "./orthogonal.js";
import { pytorch } from "./pytorch.js";
import type { Scheme } from "./scheme.js";
import { xavier } from "./xavier.js";
import { zero } from "./zero.js";
import { zeroGamma } from "./zeroGamma.js";

const FACTORIES = {
  idinit,
  kaiming,
  xavier,
  orthogonal,
  zero,
  "zero-gamma": zeroGamma,
  pytorch,
  keras,
} as const satisfies Record<string, () => Scheme>;

/** Names that stand for a scheme with its default parameters. */
export type SchemeName = keyof typeof FACTORIES;

/** All scheme names. */
export const SCHEME_NAMES = Object.keys(FACTORIES) as readonly SchemeName[];

/** The scheme itself, or the one of that name with its defaults. @throws {IdinitError} for an unknown name, listing the known ones. */
export function resolveScheme(scheme: Scheme | SchemeName): Scheme {
  if (typeof scheme === "object" && scheme !== null) return scheme;
  if (!Object.hasOwn(FACTORIES, scheme)) {
    throw new IdinitError(`scheme must be one of ${SCHEME_NAMES.join(", ")}, or a scheme, got ${show(scheme)}`);
  }
  return FACTORIES[scheme]();
}
