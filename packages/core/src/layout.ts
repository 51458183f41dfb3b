/** Layouts: the order in which a kernel's semantic axes are stored. O = out, I = in (per group), D H W = spatial. */

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
  ...(["W", "HW", "DHW"] as const).flatMap((s) => [`OI${s}`, `${s}IO`, `IO${s}`, `${s}OI`] as const),
];

/**
 * The layout assumed where none is given: `"O"`, `"OI"`, `"OIW"`, `"OIHW"` or `"OIDHW"` for rank 1 to 5 (out first),
 * and `"O"` (plain values) for a scalar or a rank above 5.
 */
export function defaultLayout(rank: number): Layout {
  return LAYOUTS.find(({ length }) => length === rank) ?? "O";
}
