/** Runs put together: what is compared stands in one group, seeds of one kind in one row. */
import type { Json } from "@idinit/core";
import type { RunKey } from "../records.js";
import type { Run } from "../runs.js";
import { scenarios } from "../scenarios/index.js";
import type { Scenario } from "../scenarios/scenario.js";
import { orderSchemes } from "./palette.js";

/** One engine with one scheme, all seeds. */
export interface Row {
  readonly engine: string;
  readonly scheme: string;
  readonly runs: readonly Run[];
}

/** Runs of one scenario, variant, preset and configuration. */
export interface Group {
  readonly scenario: string;
  readonly variant: string;
  readonly preset: string;
  readonly config: RunKey["config"];
  /** The scenario's constant; absent where the records name one that this version lacks. */
  readonly about?: Scenario;
  readonly rows: readonly Row[];
}

/** Groups in the order of the scenarios, rows by engine (in order of appearance) and scheme. */
export function summarize(runs: readonly Run[]): Group[] {
  const groups = new Map<string, Run[]>();
  for (const run of runs) {
    const { scenario, variant, preset, config } = run.start;
    const id = JSON.stringify([scenario, variant, preset, sorted(config)]);
    groups.set(id, [...(groups.get(id) ?? []), run]);
  }
  const position = (name: string) => scenarios.findIndex((scenario) => scenario.name === name);
  return [...groups.values()].map(toGroup).sort((a, b) => position(a.scenario) - position(b.scenario));
}

/** The engine with most runs, the first of equals: its runs are drawn as curves. */
export function mainEngine({ rows }: Group): string {
  const counts = new Map<string, number>();
  for (const { engine, runs } of rows) counts.set(engine, (counts.get(engine) ?? 0) + runs.length);
  return [...counts].reduce((best, next) => (next[1] > best[1] ? next : best))[0];
}

function toGroup(runs: readonly Run[]): Group {
  const { scenario, variant, preset, config } = runs[0]!.start;
  const about = scenarios.find(({ name }) => name === scenario);
  const engines = [...new Set(runs.map(({ start }) => start.engine))];
  const rows = engines.flatMap((engine) => {
    const ofEngine = runs.filter(({ start }) => start.engine === engine);
    return orderSchemes(ofEngine.map(({ start }) => start.scheme)).map((scheme) => ({
      engine,
      scheme,
      runs: ofEngine.filter(({ start }) => start.scheme === scheme),
    }));
  });
  return { scenario, variant, preset, config, rows, ...(about && { about }) };
}

function sorted(config: { readonly [key: string]: Json }): unknown {
  return Object.entries(config).sort(([a], [b]) => (a < b ? -1 : 1));
}
