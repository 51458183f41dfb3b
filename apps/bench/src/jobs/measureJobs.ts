/** The runs of a measuring scenario; they need no engine. */
import { setImmediate } from "node:timers/promises";
import { lackOf } from "../architectures/initialParameters.js";
import type { Dataset } from "../data/dataset.js";
import { runId } from "../records.js";
import { choose, nameOf } from "../scenarios/contender.js";
import type { MeasureScenario, PresetName } from "../scenarios/scenario.js";
import type { Job } from "./job.js";
import { REFERENCE, referenceFramework } from "./reference.js";
import type { Selection } from "./selection.js";

/** All runs, variant by variant. */
export function measureJobs(
  scenario: MeasureScenario,
  presetName: PresetName,
  dataset: Dataset | undefined,
  selection: Selection,
): Job[] {
  const preset = scenario.presets[presetName];
  return scenario.variants.flatMap((variant) =>
    choose(variant.schemes, selection.schemes).flatMap((scheme) =>
      (selection.seeds ?? preset.seeds).map((seed): Job => {
        const { rounds, width } = preset;
        const key = {
          scenario: scenario.name,
          variant: variant.name,
          preset: presetName,
          engine: REFERENCE,
          scheme: nameOf(scheme),
          seed,
          config: { data: dataset?.origin ?? "N(0, 1)", rounds, width },
        };
        const id = runId(key);
        return {
          id,
          key,
          steps: rounds,
          unsupported: async () => lackOf(scenario.architecture({ variant: variant.name, preset, dataset }), scheme),
          describe: async () => referenceFramework,
          async execute({ write, onStep, signal }) {
            const measuring = scenario.measure({ variant: variant.name, scheme, seed, preset, dataset });
            for (let step = 1; ; step++) {
              await setImmediate();
              if (signal.aborted) return { status: "interrupted", reason: "stopped by the user" };
              const next = measuring.next();
              if (next.done) {
                for (const one of next.value) write({ type: "measure", run: id, ...one });
                return { status: "finished" };
              }
              onStep(Math.min(step, rounds), "");
            }
          },
        };
      }),
    ),
  );
}
