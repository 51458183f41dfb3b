/** Checkpoints: the state of a training run as a safetensors file. */
import { IdinitError } from "@idinit/core";
import { readSafetensors, type SafetensorsFile, safetensors } from "@idinit/core/formats";
import { OnnxTrainError } from "../errors.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import type { StateTensor } from "../training-model.js";

export interface Progress {
  /** Steps done. */
  readonly step: number;
  /** Values of all state tensors, by graph input. */
  readonly values: ReadonlyMap<string, Float32Array>;
}

/** What must be equal in the run that wrote a checkpoint and the one that reads it. */
export interface CheckpointKey {
  readonly optimizer: Optimizer;
  readonly entries: readonly StateTensor[];
}

const FORMAT = "idinit-onnx-train";
const VERSION = "1";

/** Tensors under the names of the graph's inputs: `<parameter>`, `<parameter>/<slot>`, `<parameter>/average`. */
export function writeCheckpoint({ step, values }: Progress, { optimizer, entries }: CheckpointKey): Uint8Array {
  const tensors = entries.map(({ input, dims }) => [input, { data: values.get(input)!, shape: dims }] as const);
  const metadata = { format: FORMAT, version: VERSION, optimizer: optimizer.name, step: String(step) };
  return safetensors(new Map(tensors), metadata);
}

/** @throws OnnxTrainError for bytes that are no checkpoint, and for tensors that the run lacks, does not have or has otherwise. */
export function readCheckpoint(bytes: Uint8Array, { optimizer, entries }: CheckpointKey): Progress {
  const { tensors, metadata } = parse(bytes);
  if (metadata.format !== FORMAT || metadata.version !== VERSION) {
    const came = metadata.format === undefined ? "no format" : `${metadata.format} ${metadata.version}`;
    throw new OnnxTrainError(`checkpoint: expected the format ${FORMAT} ${VERSION} in the metadata, got ${came}`);
  }
  if (metadata.optimizer !== optimizer.name) {
    throw new OnnxTrainError(`checkpoint: written with ${metadata.optimizer}, the trainer has ${optimizer.name}`);
  }
  const step = Number(metadata.step ?? Number.NaN);
  if (!Number.isSafeInteger(step) || step < 0) {
    throw new OnnxTrainError(`checkpoint: step must be an integer >= 0, got ${metadata.step}`);
  }
  const known = new Set(entries.map(({ input }) => input));
  const foreign = [...tensors.keys()].filter((name) => !known.has(name));
  if (foreign.length > 0) {
    throw new OnnxTrainError(`checkpoint: tensors that this training run does not have: "${foreign.join('", "')}"`);
  }
  const values = entries.map(({ input, dims }): [string, Float32Array] => {
    const tensor = tensors.get(input);
    if (!tensor) throw new OnnxTrainError(`checkpoint: tensor "${input}" is missing`);
    const { data, shape } = tensor;
    if (!(data instanceof Float32Array) || shape.join() !== dims.join()) {
      const came = `${data.constructor.name} of shape [${shape.join(", ")}]`;
      throw new OnnxTrainError(
        `checkpoint: tensor "${input}" should be float32 of shape [${dims.join(", ")}], got ${came}`,
      );
    }
    return [input, data];
  });
  return { step, values: new Map(values) };
}

function parse(bytes: Uint8Array): SafetensorsFile {
  try {
    return readSafetensors(bytes);
  } catch (error) {
    if (error instanceof IdinitError) throw new OnnxTrainError(`checkpoint: ${error.message}`);
    throw error;
  }
}
