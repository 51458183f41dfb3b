/** All scenarios. */
import { IdinitError } from "@idinit/core";
import { cifar } from "./cifar.js";
import { deadNeurons } from "./deadNeurons.js";
import { jacobian } from "./jacobian.js";
import { linear } from "./linear.js";
import { longStem } from "./longStem.js";
import { rank } from "./rank.js";
import type { Scenario } from "./scenario.js";
import { symmetry } from "./symmetry.js";
import { sentiment, text } from "./text.js";
import { toy } from "./toy.js";
import { variance } from "./variance.js";

/** In the order in which they run and stand in the report; the cheap ones first. */
export const scenarios: readonly Scenario[] = [
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
  sentiment,
];

/** Those that run when none is named: `sentiment` is `text` on other data and runs only when asked for. */
export const defaultScenarios: readonly Scenario[] = scenarios.filter((scenario) => scenario !== sentiment);

/** @throws IdinitError for a name that no scenario has. */
export function findScenario(name: string): Scenario {
  const scenario = scenarios.find((candidate) => candidate.name === name);
  if (scenario) return scenario;
  throw new IdinitError(`scenario needs one of ${scenarios.map((one) => one.name).join(", ")}, got "${name}"`);
}
