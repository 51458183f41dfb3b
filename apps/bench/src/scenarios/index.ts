/** All scenarios. */
import { IdinitError } from "@idinit/core";
import { ablation } from "./ablation.js";
import { allconv } from "./allconv.js";
import { cifar } from "./cifar.js";
import { deadNeurons } from "./deadNeurons.js";
import { hyperparameters } from "./hyperparameters.js";
import { identityVsRandom } from "./identityVsRandom.js";
import { jacobian } from "./jacobian.js";
import { linear } from "./linear.js";
import { longStem } from "./longStem.js";
import { rank } from "./rank.js";
import type { Scenario } from "./scenario.js";
import { symmetry } from "./symmetry.js";
import { sentiment, text } from "./text.js";
import { toy } from "./toy.js";
import { variance } from "./variance.js";
import { weights } from "./weights.js";

/** Those that run when none is named; the cheap ones first. */
export const defaultScenarios: readonly Scenario[] = [
  toy,
  symmetry,
  variance,
  jacobian,
  rank,
  linear,
  text,
  cifar,
  deadNeurons,
  longStem,
];

/** In the order in which they run and stand in the report. */
export const scenarios: readonly Scenario[] = [
  ...defaultScenarios,
  // Only when named: `text` on other data, and what takes longer to say something.
  sentiment,
  identityVsRandom,
  ablation,
  allconv,
  weights,
  hyperparameters,
];

/** @throws IdinitError for a name that no scenario has. */
export function findScenario(name: string): Scenario {
  const scenario = scenarios.find((candidate) => candidate.name === name);
  if (scenario) return scenario;
  throw new IdinitError(`scenario needs one of ${scenarios.map((one) => one.name).join(", ")}, got "${name}"`);
}
