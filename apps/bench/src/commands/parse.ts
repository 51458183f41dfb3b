/** Readers of option values; each throws what commander shows together with the option's name. */
import { availableParallelism } from "node:os";
import { SCHEME_NAMES } from "@idinit/core";
import { InvalidArgumentError } from "commander";
import { type EngineName, findEngine } from "../engines/index.js";
import { nameOf } from "../scenarios/contender.js";
import { findScenario, scenarios } from "../scenarios/index.js";
import type { Scenario } from "../scenarios/scenario.js";
import { type WorkloadName, workloadNames } from "../speed/index.js";

/** A whole number >= 1. */
export function parseCount(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || !Number.isSafeInteger(value)) {
    throw new InvalidArgumentError(`Expected a whole number >= 1, got "${text}".`);
  }
  return value;
}

/** A number > 0. */
export function parsePositive(text: string): number {
  const value = parseAmount(text);
  if (value === 0) throw new InvalidArgumentError(`Expected a number > 0, got "${text}".`);
  return value;
}

/** A number >= 0. */
export function parseAmount(text: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(value) || value < 0) throw new InvalidArgumentError(`Expected a number >= 0, got "${text}".`);
  return value;
}

/** Whole numbers >= 1 with commas between them. */
export function parseCounts(text: string): number[] {
  return parseNames(text).map(parseCount);
}

/** Names with commas between them. */
export function parseNames(text: string): string[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.includes("")) throw new InvalidArgumentError(`Expected names with commas between them, got "${text}".`);
  return [...new Set(names)];
}

/** `"3"`: the seeds 0, 1, 2; `"4,7"`: these two; `"4,"`: just 4. */
export function parseSeeds(text: string): number[] {
  if (/^\d+$/.test(text)) return Array.from({ length: parseCount(text) }, (_, seed) => seed);
  const parts = text.replace(/,$/, "").split(",");
  const seeds = parts.map(Number);
  if (!parts.every((part) => /^\d+$/.test(part)) || !seeds.every(Number.isSafeInteger)) {
    throw new InvalidArgumentError(`Expected a number of seeds, or seeds with commas between them, got "${text}".`);
  }
  return [...new Set(seeds)];
}

/** Threads that engines may use where nothing is said. */
export function defaultThreads(): number {
  return availableParallelism();
}

/** Names of schemes, and of what single scenarios compare beside them. */
export function parseSchemes(text: string): string[] {
  const compared = scenarios.flatMap(({ variants }) => variants.flatMap(({ schemes }) => schemes.map(nameOf)));
  const known = new Set([...SCHEME_NAMES, ...compared]);
  const names = parseNames(text);
  const unknown = names.find((name) => !known.has(name));
  if (unknown !== undefined)
    throw new InvalidArgumentError(`Expected some of ${[...known].join(", ")}, got "${unknown}".`);
  return names;
}

/** Names of engines. */
export function parseEngines(text: string): EngineName[] {
  return parseNames(text).map((name) => findEngine(name).name);
}

/** Names of what the speed command trains. */
export function parseWorkloads(text: string): WorkloadName[] {
  return parseNames(text).map((name) => {
    const known = workloadNames.find((workload) => workload === name);
    if (known === undefined)
      throw new InvalidArgumentError(`Expected some of ${workloadNames.join(", ")}, got "${name}".`);
    return known;
  });
}

/** Names of scenarios. */
export function parseScenarios(text: string): Scenario[] {
  return parseNames(text).map(findScenario);
}
