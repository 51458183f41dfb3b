/** One value everywhere. */
import type { Initializer } from "../initializer.js";
import { checkNumber } from "./check.js";
import { define } from "./define.js";

/**
 * Every element `value`; takes any shape.
 *
 * @throws {IdinitError} for a value that is not finite.
 * @example constant(0.5).generate([2]) // [0.5, 0.5]
 */
export function constant(value: number): Initializer {
  checkNumber("constant", "value", value);
  return define("constant", { value }, "values", (data) => data.fill(value));
}
