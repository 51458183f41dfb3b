/** The optimizers of @idinit/onnx-train by the bench's description. */
import { adam, adamw, type Optimizer, sgd } from "@idinit/onnx-train";
import type { OptimizerSpec } from "../engine.js";

/** The rate given here is never used: every step brings its own. */
export function optimizerOf(spec: OptimizerSpec): Optimizer {
  const lr = 0;
  if (spec.kind === "sgd") return sgd({ lr, momentum: spec.momentum, weightDecay: spec.weightDecay });
  const { beta1, beta2, epsilon, weightDecay } = spec;
  return (spec.kind === "adam" ? adam : adamw)({ lr, beta1, beta2, epsilon, weightDecay });
}
