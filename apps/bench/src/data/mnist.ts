/** MNIST from its four IDX files, gzipped or not. */
import { IdinitError } from "@idinit/core";
import type { Dataset, ImageExamples } from "./dataset.js";
import { findFiles, readBytes } from "./files.js";
import { parseIdxImages, parseIdxLabels } from "./idx.js";

const FILES = [
  "train-images-idx3-ubyte",
  "train-labels-idx1-ubyte",
  "t10k-images-idx3-ubyte",
  "t10k-labels-idx1-ubyte",
] as const;

/** What is looked for, for messages. */
export const mnistFiles = `${FILES.join(", ")} (or .gz), in the folder itself, in mnist/ or in MNIST/raw/`;

/**
 * Reads MNIST, or answers `undefined` where the folder has no MNIST.
 *
 * @throws IdinitError when a file is damaged, or images and labels do not belong together.
 */
export async function readMnist(directory: string): Promise<Dataset | undefined> {
  const paths = await findFiles(directory, ["", "mnist", "MNIST/raw"], FILES);
  if (!paths) return undefined;
  const [trainImages, trainLabels, testImages, testLabels] = paths as [string, string, string, string];
  const train = await readPair(trainImages, trainLabels);
  const test = await readPair(testImages, testLabels);
  if (train.shape.join() !== test.shape.join()) {
    throw new IdinitError(
      `${testImages}: expected images of ${train.shape.slice(1).join("×")} as in ${trainImages}, got ${test.shape.slice(1).join("×")}`,
    );
  }
  return { name: "mnist", origin: "MNIST (IDX files)", classes: [..."0123456789"], train, test };
}

async function readPair(imagesPath: string, labelsPath: string): Promise<ImageExamples> {
  const images = parseIdxImages(await readBytes(imagesPath), imagesPath);
  const labels = parseIdxLabels(await readBytes(labelsPath), labelsPath, 10);
  if (labels.length !== images.count) {
    throw new IdinitError(
      `${labelsPath}: expected ${images.count} labels as ${imagesPath} has images, got ${labels.length}`,
    );
  }
  if (images.count === 0) throw new IdinitError(`${imagesPath}: expected at least one image, got 0`);
  return { kind: "image", shape: [1, images.height, images.width], values: images.pixels, labels };
}
