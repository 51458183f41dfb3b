/** Which batch norms keep to their running statistics in training. */
import { OnnxTrainError } from "./errors.js";
import type { PreparedModel } from "./model/prepare.js";

/**
 * `"auto"`: batch norms of which neither scale nor shift is trained are frozen, as in fine-tuning; all others use the batch.
 * `"batch"`: none is frozen. `"running"`: all are.
 */
export type BatchNormMode = "auto" | "batch" | "running";

/** The frozen batch norms, by their first output. @throws OnnxTrainError for another mode. */
export function frozenNorms(
  { model, statistics }: PreparedModel,
  parameters: readonly string[],
  mode: BatchNormMode = "auto",
): ReadonlySet<string> {
  if (mode !== "auto" && mode !== "batch" && mode !== "running") {
    throw new OnnxTrainError(`batchNorm must be "auto", "batch" or "running", got ${JSON.stringify(mode)}`);
  }
  if (mode === "batch") return new Set();
  const trained = new Set(parameters);
  const norms = model.graph.nodes.filter(({ outputs }) => statistics.has(outputs[0]!));
  const frozen = norms.filter(
    ({ inputs }) => mode === "running" || !inputs.slice(1, 3).some((name) => trained.has(name)),
  );
  return new Set(frozen.map(({ outputs }) => outputs[0]!));
}
