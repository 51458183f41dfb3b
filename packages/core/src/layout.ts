/** Layouts: the order in which a kernel's semantic axes are stored. O = out, I = in (per group), D H W = spatial. */
import { IdinitError } from "./errors.js";

/** Every order of axes that the supported frameworks store kernels in. */
export type Layout =
  | "O" // no in axis: bias, norm scale, or a tensor of any rank whose axes mean nothing to the initializer
  | "OI"
  | "IO"
  | "OIW"
  | "WIO"
  | "IOW"
  | "WOI"
  | "OIHW"
  | "HWIO"
  | "IOHW"
  | "HWOI"
  | "OIDHW"
  | "DHWIO"
  | "IODHW"
  | "DHWOI";

/** All layouts, by rank; the first of each rank is the canonical one. */
export const LAYOUTS: readonly Layout[] = [
  "O",
  "OI",
  "IO",
  "OIW",
  "WIO",
  "IOW",
  "WOI",
  "OIHW",
  "HWIO",
  "IOHW",
  "HWOI",
  "OIDHW",
  "DHWIO",
  "IODHW",
  "DHWOI",
];

const CANONICAL: readonly Layout[] = ["O", "O", "OI", "OIW", "OIHW", "OIDHW"];

/**
 * The layout assumed where none is given: `"O"`, `"OI"`, `"OIW"`, `"OIHW"` or `"OIDHW"` for rank 1 to 5 (out first),
 * and `"O"` (plain values) for a scalar or a rank above 5.
 */
export function defaultLayout(rank: number): Layout {
  return CANONICAL[rank] ?? "O";
}

/** Narrows a string to a {@link Layout}; throws an {@link IdinitError} that lists the known ones. `prefix` opens the message. */
export function checkLayout(layout: string, prefix = ""): Layout {
  const known = LAYOUTS.find((name) => name === layout);
  if (known === undefined) {
    throw new IdinitError(`${prefix}layout must be one of ${LAYOUTS.join(", ")}, got ${JSON.stringify(layout)}`);
  }
  return known;
}
