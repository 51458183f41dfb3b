/** The runs of a simulation; they need no engine. */
import { setImmediate } from "node:timers/promises";
import { runId } from "../records.js";
import type { PresetName, SimulationScenario } from "../scenarios/scenario.js";
import type { Job } from "./job.js";
import { REFERENCE, referenceFramework } from "./reference.js";
import type { Selection } from "./selection.js";

/** At most so many steps are recorded, beside the first and the last. */
const RECORDED = 200;

/** All runs, variant by variant. */
export function simulationJobs(scenario: SimulationScenario, presetName: PresetName, selection: Selection): Job[] {
  const preset = scenario.presets[presetName];
  const { steps, layers } = preset;
  const every = Math.ceil(steps / RECORDED);
  return scenario.variants.flatMap((variant) =>
    (selection.schemes?.filter((name) => variant.schemes.includes(name)) ?? variant.schemes).flatMap((scheme) =>
      (selection.seeds ?? preset.seeds).map((seed): Job => {
        const config = { layers, steps, ...scenario.constants };
        const key = {
          scenario: scenario.name,
          variant: variant.name,
          preset: presetName,
          engine: REFERENCE,
          scheme,
          seed,
          config,
        };
        const id = runId(key);
        return {
          id,
          key,
          steps,
          unsupported: async () => undefined,
          describe: async () => referenceFramework,
          async execute({ write, onStep, signal }) {
            let step = 0;
            for (const seen of scenario.simulate({ variant: variant.name, scheme, seed, preset })) {
              const lost = seen.find(({ value }) => !Number.isFinite(value));
              if (lost) return { status: "diverged", reason: `the ${lost.name} after step ${step} is ${lost.value}` };
              if (step % every === 0 || step === steps) {
                for (const { name, value } of seen) write({ type: "observation", run: id, step, name, value });
                await setImmediate();
                if (signal.aborted) return { status: "interrupted", reason: "stopped by the user" };
                onStep(step, "");
              }
              step++;
            }
            return { status: "finished" };
          },
        };
      }),
    ),
  );
}
