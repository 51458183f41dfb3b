/** Checks of factories' parameters. */
import { checkObject, failing } from "../errors.js";

/** A number that is finite in float32, at least `minimum` where one is given (above it with `open`). */
export function checkNumber(
  who: string,
  parameter: string,
  value: number,
  { minimum, open = false }: { minimum?: number; open?: boolean } = {},
): number {
  const low = minimum ?? Number.NEGATIVE_INFINITY;
  if (typeof value === "number" && Number.isFinite(Math.fround(value)) && (open ? value > low : value >= low))
    return value;
  const range = minimum === undefined ? "" : ` ${open ? ">" : ">="} ${minimum}`;
  return failing(who)(`${parameter} must be a finite float32 number${range}`, value);
}

/** One of a fixed set of words. */
export function checkOneOf<T extends string | boolean>(
  who: string,
  parameter: string,
  value: T,
  known: readonly T[],
): T {
  return known.includes(value) ? value : failing(who)(`${parameter} must be one of ${known.join(", ")}`, value);
}

/** The options of a factory: an object, and none that is not known. */
export function checkOptions(who: string, options: object, ...known: string[]): void {
  checkObject(who, "options", options);
  for (const name of Object.keys(options)) checkOneOf(who, "option", name, known);
}
