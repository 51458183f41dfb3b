/** Networks for a data set's images. */
import { IdinitError } from "@idinit/core";
import { resnet } from "../architectures/index.js";
import type { Dataset } from "../data/dataset.js";
import type { TrainingVariant } from "./scenario.js";

/**
 * A ResNet for the images of a data set, with the parts that a scheme asks for.
 *
 * @param usual Its layers where nothing is selected.
 */
export const imageResnet =
  (usual: number): TrainingVariant["architecture"] =>
  ({ classes, train }, { depth = usual }, { norm, multipliers = false, biases = "usual" }) =>
    resnet({
      depth,
      classes: classes.length,
      input: imageInput(train),
      norm: norm === "none" ? norm : "usual",
      multipliers,
      biases,
    });

/** The input of an image network for a data set. */
export function imageInput(examples: Dataset["train"]): {
  kind: "image";
  channels: number;
  height: number;
  width: number;
} {
  if (examples.kind !== "image") throw new IdinitError(`expected a data set of images, got ${examples.kind}`);
  const [channels, height, width] = examples.shape;
  return { kind: "image", channels, height, width };
}
