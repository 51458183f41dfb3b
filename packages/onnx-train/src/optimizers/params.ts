/** Reads and checks the options of an optimizer. */
import { checkNames, checkRange } from "../checks.js";
import { OnnxTrainError } from "../errors.js";
import type { DecayOptions } from "./optimizer.js";

/** A number's default and its range [low, high), or a flag's default. */
type Spec = { readonly default?: number; readonly low: number; readonly high?: number } | { readonly default: boolean };

type Params<S extends Readonly<Record<string, Spec>>> = {
  readonly [K in keyof S]: S[K] extends { readonly default: boolean } ? boolean : number;
};

/** >= 0. */
export const atLeastZero = { low: 0 } as const;
/** In [0, 1). */
export const fraction = { low: 0, high: 1 } as const;

/** @throws OnnxTrainError for an option that does not exist, and a value that is no number in its range. */
export function readParams<S extends Readonly<Record<string, Spec>>>(
  optimizer: string,
  options: Pick<DecayOptions, "decay">,
  specs: S,
): Params<S> {
  checkNames(optimizer, options, [...Object.keys(specs), "decay"]);
  const given = options as Readonly<Record<string, unknown>>;
  const read = Object.entries(specs).map(([name, spec]) => {
    const value = given[name] ?? spec.default;
    if ("low" in spec) checkRange(optimizer, name, value, spec.low, spec.high);
    else if (typeof value !== "boolean")
      throw new OnnxTrainError(`${optimizer}: ${name} must be a boolean, got ${value}`);
    return [name, value];
  });
  return Object.fromEntries(read);
}
