/** Checks of factories' parameters. */
import { failing } from "../errors.js";

/** A number that is finite in float32, at least `minimum` where one is given (above it with `open`). */
export function checkNumber(
  who: string,
  parameter: string,
  value: number,
  { minimum, open = false }: { minimum?: number; open?: boolean } = {},
): number {
  const low = minimum ?? Number.NEGATIVE_INFINITY;
  if (Number.isFinite(Math.fround(value)) && (open ? value > low : value >= low)) return value;
  const range = minimum === undefined ? "" : ` ${open ? ">" : ">="} ${minimum}`;
  return failing(who)(`${parameter} must be a finite float32 number${range}`, value);
}

/** One of a fixed set of words. */
export function checkOneOf<T extends string>(who: string, parameter: string, value: T, known: readonly T[]): T {
  return known.includes(value) ? value : failing(who)(`${parameter} must be one of ${known.join(", ")}`, value);
}
