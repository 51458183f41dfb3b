/** All scenarios. */
import { IdinitError } from "@idinit/core";
import { cifar } from "./cifar.js";
import { jacobian } from "./jacobian.js";
import { linear } from "./linear.js";
import type { Scenario } from "./scenario.js";
import { sentiment, text } from "./text.js";
import { variance } from "./variance.js";

/** In the order in which they run and stand in the report; the cheap ones first. */
export const scenarios: readonly Scenario[] = [variance, jacobian, linear, text, cifar, sentiment];

/** Those that run when none is named: `sentiment` is `text` on other data and runs only when asked for. */
export const defaultScenarios: readonly Scenario[] = scenarios.filter((scenario) => scenario !== sentiment);

/** @throws IdinitError for a name that no scenario has. */
export function findScenario(name: string): Scenario {
  const scenario = scenarios.find((candidate) => candidate.name === name);
  if (scenario) return scenario;
  throw new IdinitError(`scenario needs one of ${scenarios.map((one) => one.name).join(", ")}, got "${name}"`);
}
