/** Puts into a model what a scheme needs of it. */
import type { Requirement, Scheme } from "@idinit/core";
import { inferRoles, type Missing, missingRequirements, type RoleOptions } from "@idinit/core/graph";
import type { OnnxModel } from "@idinit/onnx";
import { type Translation, translate } from "../graph.js";
import { splitMerged } from "../patterns/merged.js";
import { branchScalars } from "./branchScalars.js";
import { GraphEdit } from "./edit.js";
import { scalarBiases } from "./scalarBiases.js";
import { shiftedRelus } from "./shiftedRelus.js";
import { skipFactors } from "./skipFactors.js";
import type { Step } from "./step.js";
import { withoutNorms } from "./withoutNorms.js";

/** What can be put in or taken out. Residual sums, norms behind them and recurrent layers are the model's own design. */
const STEPS: Readonly<Partial<Record<Requirement["kind"], Step>>> = {
  "no-norm": withoutNorms,
  "branch-scalar": branchScalars,
  "branch-end": branchScalars,
  "branch-biases": scalarBiases,
  "skip-factor": skipFactors,
  "shifted-relu": shiftedRelus,
};

/** Whether {@link rewrite} can give a model all that it lacks. */
export function canRewrite(missing: readonly Missing[]): boolean {
  return missing.every(({ requirement }) => STEPS[requirement.kind] !== undefined);
}

/**
 * The model with everything that the scheme needs and that can be added, and its translation. New parameters are initializers with names of their own;
 * what is taken out is gone, parameters included. What cannot be added is left for the scheme's own error.
 *
 * @throws IdinitError where the place of a change is inside a function or a branch, or the channels of a ReLU are not known.
 */
export function rewrite(
  model: OnnxModel,
  { scheme, ...options }: RoleOptions & { readonly scheme: Scheme },
): { readonly model: OnnxModel; readonly translation: Translation } {
  let current = splitMerged(model);
  const done = new Set<string>();
  for (;;) {
    const translation = translate(current);
    const lacks = missingRequirements(translation.graph, { ...options, scheme });
    const missing = lacks.find(({ requirement: { kind } }) => STEPS[kind] !== undefined && !done.has(kind));
    if (missing === undefined) return { model: current, translation };
    const edit = new GraphEdit(current);
    const sites = inferRoles(translation.graph, options);
    STEPS[missing.requirement.kind]!({ edit, scheme, missing, translation, sites });
    done.add(missing.requirement.kind);
    current = edit.build();
  }
}
