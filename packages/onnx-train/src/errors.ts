/** What this package throws: the message names the model's part, what was expected and what came. */
export class OnnxTrainError extends Error {
  override readonly name: string = "OnnxTrainError";
}

/** A shape that is needed and not known before the run. */
export class UnknownShapeError extends OnnxTrainError {}
