/** The one error class of the library's own checks, so that a caller can tell bad input from a bug. */

/** Thrown for input that cannot be served; the message says where, what was expected and what came. */
export class IdinitError extends Error {
  override readonly name = "IdinitError";
}

/** Throws an {@link IdinitError} of one origin. */
export type Fail = (text: string) => never;

/**
 * Makes the {@link Fail} of one origin.
 *
 * @param who Opens the messages: what asks, e.g. `"idi"`.
 * @param layer Closes them: the parameter's name.
 */
export function failing(who: string, layer = ""): Fail {
  return (text) => {
    throw new IdinitError(`${who}: ${text}${layer === "" ? "" : ` (layer ${JSON.stringify(layer)})`}`);
  };
}
