/** The schemes by name. */
import { IdinitError, show } from "../errors.js";
import { deepnet } from "./deepnet.js";
import { deltaOrthogonal } from "./deltaOrthogonal.js";
import { fixup } from "./fixup.js";
import { gpt2 } from "./gpt2.js";
import { idinit } from "./idinit.js";
import { irnn } from "./irnn.js";
import { isonet } from "./isonet.js";
import { kaiming } from "./kaiming.js";
import { keras } from "./keras.js";
import { mimetic } from "./mimetic.js";
import { mup } from "./mup.js";
import { orthogonal } from "./orthogonal.js";
import { pytorch } from "./pytorch.js";
import { rezero } from "./rezero.js";
import type { Scheme } from "./scheme.js";
import { skipinit } from "./skipinit.js";
import { tFixup } from "./tFixup.js";
import { tfjs } from "./tfjs.js";
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
  tfjs,
  fixup,
  skipinit,
  rezero,
  "t-fixup": tFixup,
  deepnet,
  gpt2,
  mup,
  mimetic,
  irnn,
  isonet,
  "delta-orthogonal": deltaOrthogonal,
} as const satisfies Record<string, () => Scheme>;

/** Names that stand for a scheme with its default parameters. */
export type SchemeName = keyof typeof FACTORIES;

/** All scheme names. */
export const SCHEME_NAMES = Object.keys(FACTORIES) as readonly SchemeName[];

/** The scheme itself, or the one of that name with its defaults. @throws {IdinitError} for an unknown name, listing the known ones. */
export function resolveScheme(scheme: Scheme | SchemeName): Scheme {
  if (typeof scheme === "object" && typeof scheme?.pick === "function") return scheme;
  if (typeof scheme !== "string" || !Object.hasOwn(FACTORIES, scheme)) {
    throw new IdinitError(`scheme must be one of ${SCHEME_NAMES.join(", ")}, or a scheme, got ${show(scheme)}`);
  }
  return FACTORIES[scheme]();
}
