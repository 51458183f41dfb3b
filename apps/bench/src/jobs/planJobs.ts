/** All runs of some scenarios. */
import { IdinitError } from "@idinit/core";
import type { Dataset } from "../data/dataset.js";
import type { DatasetName, loadDataset } from "../data/loadDataset.js";
import type { Engine, EngineName } from "../engines/engine.js";
import type { PresetName, Scenario, TrainingScenario } from "../scenarios/scenario.js";
import type { Job } from "./job.js";
import { measureJobs } from "./measureJobs.js";
import type { Selection } from "./selection.js";
import { simulationJobs } from "./simulationJobs.js";
import { trainingJobs } from "./trainingJobs.js";

export interface PlanOptions {
  readonly scenarios: readonly Scenario[];
  readonly preset: PresetName;
  readonly selection: Selection;
  readonly findEngine: (name: EngineName) => Engine;
  readonly loadDataset: typeof loadDataset;
  /** Whether the preset `paper` may use embedded data. */
  readonly embedded: boolean;
}

/**
 * Loads the data that the scenarios need and lists their runs, without doing any.
 *
 * @throws IdinitError when data is missing or damaged.
 */
export async function planJobs({ scenarios, preset, selection, embedded, ...from }: PlanOptions): Promise<Job[]> {
  const loaded = new Map<string, Promise<Dataset>>();
  const load = (scenario: Scenario, name: DatasetName): Promise<Dataset> => {
    if (preset === "paper" && selection.directory === undefined && !embedded) {
      throw new IdinitError(
        `scenario ${scenario.name}: the preset paper expects ${name}; give its folder with --data, or --embedded to use embedded data`,
      );
    }
    const { text = { length: 32, minimumCount: 1 }, side }: Partial<TrainingScenario> =
      scenario.kind === "training" ? scenario : {};
    const options = { ...text, ...(side !== undefined && { side }) };
    const id = JSON.stringify([name, options]);
    const dataset = loaded.get(id) ?? from.loadDataset(name, selection.directory, options);
    loaded.set(id, dataset);
    return dataset;
  };
  const jobs: Job[] = [];
  for (const scenario of scenarios) {
    if (scenario.kind === "training") {
      const dataset = await load(scenario, scenario.dataset);
      jobs.push(...trainingJobs(scenario, preset, dataset, selection, from.findEngine));
    } else if (scenario.kind === "simulation" && selection.engines === undefined) {
      jobs.push(...simulationJobs(scenario, preset, selection));
    } else if (scenario.kind === "measure" && selection.engines === undefined) {
      const dataset = scenario.dataset && (await load(scenario, scenario.dataset));
      jobs.push(...measureJobs(scenario, preset, dataset, selection));
    }
  }
  if (jobs.length === 0) {
    throw new IdinitError(
      `expected at least one run, got none: ${scenarios.map(({ name }) => name).join(", ")} need no engine; leave --engine out`,
    );
  }
  return jobs;
}
