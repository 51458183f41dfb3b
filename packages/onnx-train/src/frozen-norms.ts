/** Which batch norms keep to their running statistics in training. */
import { DataType } from "@idinit/onnx";
import { OnnxTrainError } from "./errors.js";
import type { PreparedModel } from "./model/prepare.js";
import { ancestors } from "./model/untrainable.js";

/**
 * `"auto"`: batch norms of which neither scale nor shift is trained are frozen, as in fine-tuning; all others use the batch. One
 * that has neither is frozen where there are weights before it and none of them is trained.
 * `"batch"`: none is frozen. `"running"`: all are.
 */
export type BatchNormMode = "auto" | "batch" | "running";

interface Choice {
  readonly parameters: readonly string[];
  /** Values that need a gradient. */
  readonly path: ReadonlySet<string>;
}

/** The frozen batch norms, by their first output. @throws OnnxTrainError for another mode. */
export function frozenNorms(
  { model, statistics, constants, tensors }: PreparedModel,
  { parameters, path }: Choice,
  mode: BatchNormMode = "auto",
): ReadonlySet<string> {
  if (mode !== "auto" && mode !== "batch" && mode !== "running") {
    throw new OnnxTrainError(`batchNorm must be "auto", "batch" or "running", got ${JSON.stringify(mode)}`);
  }
  if (mode === "batch") return new Set();
  const trained = new Set(parameters);
  const followsWeights = (value: string) =>
    [...ancestors(model.graph.nodes, value, ({ inputs }) => inputs)].some(
      (name) => tensors.get(name)?.dataType === DataType.float && !constants.has(name) && !running.has(name),
    );
  const running = new Set([...statistics.values()].flatMap(({ mean, variance }) => [mean, variance]));
  const norms = model.graph.nodes.filter(({ outputs }) => statistics.has(outputs[0]!));
  const frozen = norms.filter(({ inputs }) => {
    if (mode === "running") return true;
    const own = inputs.slice(1, 3);
    if (own.every((name) => constants.has(name))) return !path.has(inputs[0]!) && followsWeights(inputs[0]!);
    return !own.some((name) => trained.has(name));
  });
  return new Set(frozen.map(({ outputs }) => outputs[0]!));
}
