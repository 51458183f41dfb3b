/** The optimizers of @idinit/onnx-train by the bench's description. */
import { adam, adamw, type Optimizer, sgd } from "@idinit/onnx-train";
import { type Architecture, parameters } from "../../architectures/index.js";
import type { OptimizerSpec } from "../engine.js";

/** The rate given here is never used: every step brings its own. */
export function optimizerOf(spec: OptimizerSpec, architecture: Architecture): Optimizer {
  const { scalarRate = 1 } = spec;
  const optimizer = ruleOf(spec);
  if (scalarRate === 1) return optimizer;
  const single = parameters(architecture).filter(({ shape }) => shape.every((size) => size === 1));
  const scalars = new Set(single.map(({ name }) => name));
  return {
    ...optimizer,
    update(g, update) {
      const next = optimizer.update(g, update);
      const { parameter } = update;
      if (!scalars.has(parameter)) return next;
      // Every rule's step is proportional to the learning rate: a part of the step is the step at a part of the rate.
      const step = g.op("Mul", [g.op("Sub", [next.parameter, parameter]), g.scalar(scalarRate, parameter)]);
      return { ...next, parameter: g.op("Add", [parameter, step]) };
    },
  };
}

function ruleOf(spec: OptimizerSpec): Optimizer {
  const lr = 0;
  if (spec.kind === "sgd") return sgd({ lr, momentum: spec.momentum, weightDecay: spec.weightDecay });
  const { beta1, beta2, epsilon, weightDecay } = spec;
  return (spec.kind === "adam" ? adam : adamw)({ lr, beta1, beta2, epsilon, weightDecay });
}
