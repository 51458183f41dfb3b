/** Checks of factories' parameters. */
import { IdinitError } from "../errors.js";
import { show } from "../shape.js";

/** A number that is finite in float32, at least `minimum` where one is given (above it with `open`). */
export function checkNumber(
  who: string,
  parameter: string,
  value: number,
  { minimum = Number.NEGATIVE_INFINITY, open = false }: { minimum?: number; open?: boolean } = {},
): number {
  if (Number.isFinite(Math.fround(value)) && (open ? value > minimum : value >= minimum)) return value;
  const range = minimum === Number.NEGATIVE_INFINITY ? "" : ` ${open ? ">" : ">="} ${minimum}`;
  throw new IdinitError(`${who}: ${parameter} must be a finite float32 number${range}, got ${show(value)}`);
}

/** One of a fixed set of words. */
export function checkOneOf<T extends string>(who: string, parameter: string, value: T, known: readonly T[]): T {
  if (known.includes(value)) return value;
  throw new IdinitError(`${who}: ${parameter} must be one of ${known.join(", ")}, got ${show(value)}`);
}
