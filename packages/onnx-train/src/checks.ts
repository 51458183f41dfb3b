/** Checks of options. */
import { OnnxTrainError } from "./errors.js";

/** @throws OnnxTrainError for an option that does not exist, and for options that are no object. */
export function checkNames(owner: string, options: object, known: readonly string[]): void {
  if (typeof options !== "object" || options === null)
    throw new OnnxTrainError(`${owner}: options must be an object, got ${options}`);
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new OnnxTrainError(`${owner}: no option "${unknown}"; there are ${known.join(", ")}`);
}

/** @throws OnnxTrainError where a value is no finite number within [low, high). */
export function checkRange(owner: string, name: string, value: unknown, low: number, high = Infinity): void {
  if (!(typeof value === "number" && value >= low && value < high)) {
    throw new OnnxTrainError(`${owner}: ${name} must be in [${low}, ${high}), got ${value}`);
  }
}
