/** Checks of the numbers that describe an architecture. */
import { IdinitError } from "@idinit/core";

/** Throws unless `value` is a whole number of at least `minimum`; `what` names it in the message. */
export function requireInteger(what: string, value: number, minimum: number): void {
  if (!Number.isSafeInteger(value) || value < minimum) {
    throw new IdinitError(`${what} needs a whole number >= ${minimum}, got ${value}`);
  }
}
