/** Thrown for bytes, models and tensors that cannot be served; the message says where, what was expected and what came. */
export class OnnxError extends Error {
  override readonly name = "OnnxError";
}
