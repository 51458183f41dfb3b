/** Whether a batch fits a network. */
import { IdinitError } from "@idinit/core";
import { type Architecture, inputShape, shapes } from "../../architectures/index.js";
import type { Batch } from "../engine.js";

/** @throws IdinitError unless `inputs` hold `size` examples. */
export function checkInputs(architecture: Architecture, inputs: Batch["inputs"], size: number): void {
  const shape = inputShape(architecture.input);
  const expected = size * shape.reduce((product, axis) => product * axis, 1);
  const type = architecture.input.kind === "tokens" ? Int32Array : Float32Array;
  if (size < 1 || inputs.length !== expected || !(inputs instanceof type)) {
    throw new IdinitError(
      `${architecture.name}: ${size} examples of shape [${shape.join(", ")}] need a ${type.name} of ${expected}, ` +
        `got a ${inputs.constructor.name} of ${inputs.length}`,
    );
  }
}

/** @throws IdinitError unless the batch has `batchSize` examples and as many labels in [0, classes). */
export function checkBatch(architecture: Architecture, { inputs, labels, size }: Batch, batchSize: number): void {
  if (size !== batchSize) {
    throw new IdinitError(`${architecture.name}: built for batches of ${batchSize}, got one of ${size}`);
  }
  checkInputs(architecture, inputs, size);
  const classes = shapes(architecture).get(architecture.output)![0]!;
  const wrong = labels.find((label) => label < 0 || label >= classes);
  if (labels.length !== size || wrong !== undefined) {
    throw new IdinitError(
      `${architecture.name}: a batch of ${size} needs as many labels in [0, ${classes}), ` +
        `got ${wrong === undefined ? `${labels.length} labels` : `the label ${wrong}`}`,
    );
  }
}
