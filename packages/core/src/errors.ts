/** The one error class of the library's own checks, so that a caller can tell bad input from a bug. */

/** Thrown for input that cannot be served; the message says where, what was expected and what came. */
export class IdinitError extends Error {
  override readonly name = "IdinitError";
}
