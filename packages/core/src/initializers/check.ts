/** Checks of factories' parameters. */
import { checkObject, failing } from "../errors.js";

/** A number that is finite in float32, at least `minimum` (above it with `open`). */
export function checkNumber(
  who: string,
  parameter: string,
  value: number,
  minimum = Number.NEGATIVE_INFINITY,
  open = false,
): void {
  if (typeof value === "number" && Number.isFinite(Math.fround(value)) && (open ? value > minimum : value >= minimum))
    return;
  const range = minimum > Number.NEGATIVE_INFINITY ? ` ${open ? ">" : ">="} ${minimum}` : "";
  failing(who)(`${parameter} must be a finite float32 number${range}`, value);
}

/** One of a fixed set of words. */
export function checkOneOf<T extends string | boolean>(
  who: string,
  parameter: string,
  value: T,
  known: readonly T[],
): void {
  if (!known.includes(value)) failing(who)(`${parameter} must be one of ${known.join(", ")}`, value);
}

/**
 * What an option may be, its default first: a number, the least one, and whether it must be above that; or all words. A default by itself
 * is an option that the factory checks.
 */
type Rule<T> = T | ([T] extends [number] ? readonly [standard: T, minimum?: number, open?: true] : readonly T[]);

/** A {@link Rule} for each option. */
export type Rules<T> = { readonly [name in keyof T]-?: Rule<Exclude<T[name], undefined>> };

/**
 * The options of a factory, with defaults for those that are not given.
 *
 * @throws {IdinitError} for an option that `rules` does not have, and for a value that its rule refuses.
 */
export function readOptions<T extends object>(who: string, options: T, rules: Rules<T>): Required<T> {
  checkObject(who, "options", options);
  const names = Object.keys(rules) as (keyof T & string)[];
  for (const name of Object.keys(options)) checkOneOf(who, "option", name, names);
  const read = Object.fromEntries(
    names.map((name) => {
      const rule: unknown = rules[name];
      const list: readonly unknown[] = Array.isArray(rule) ? rule : [rule];
      const { [name]: value = list[0] } = options;
      if (list === rule) {
        if (typeof list[0] === "number")
          checkNumber(who, name, value as number, ...(list.slice(1) as [number?, true?]));
        else checkOneOf(who, name, value as string, list as string[]);
      }
      return [name, value];
    }),
  );
  return read as Required<T>;
}
