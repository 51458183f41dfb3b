/** The one error class of the library's own checks, so that a caller can tell bad input from a bug. */

/** Thrown for input that cannot be served; the message says where, what was expected and what came. */
export class IdinitError extends Error {
  override readonly name = "IdinitError";
}

/** Throws an {@link IdinitError} of one origin: what was expected and, where it is given, what came. */
export type Fail = (text: string, ...got: [value?: unknown]) => never;

/**
 * Makes the {@link Fail} of one origin.
 *
 * @param who Opens the messages: what asks, e.g. `"idi"`.
 * @param layer Closes them: the parameter's name.
 */
export function failing(who: string, layer = ""): Fail {
  return (text, ...got) => {
    throw new IdinitError(
      `${who}: ${text}${got.map((value) => `, got ${show(value)}`)}${layer && ` (layer ${show(layer)})`}`,
    );
  };
}

/** An object, as options and graphs are. */
export function checkObject(who: string, what: string, value: object): void {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    failing(who)(`${what} must be an object`, value);
  }
}

/** Shows a value in an error message: NaN and infinities as themselves, strings quoted. */
export function show(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(show).join(", ")}]`;
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
