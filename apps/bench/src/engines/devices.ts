/** Engines by the device that they compute on. */
import { IdinitError } from "@idinit/core";
import { mlp } from "../architectures/index.js";
import type { EngineName, LearnerOptions } from "./engine.js";
import { engineNames, findEngine } from "./index.js";

/** What `--device` takes. `auto`: the GPU engines where there are any, else whatever would run without the option. */
export const deviceChoices = ["cpu", "gpu", "auto"] as const;
export type DeviceChoice = (typeof deviceChoices)[number];

/** Engines that compute on a GPU. */
export const gpuEngineNames: readonly EngineName[] = [
  "onnxruntime-webgpu",
  "onnxruntime-web-webgpu",
  "onnxruntime-cuda",
  "tfjs-webgpu",
  "tfjs-node-gpu",
];

/** Engines that compute on the CPU. */
export const cpuEngineNames: readonly EngineName[] = engineNames.filter((name) => !gpuEngineNames.includes(name));

const smallest = mlp({ features: 2, hidden: 2, layers: 2, classes: 2 });
const options: LearnerOptions = {
  optimizer: { kind: "sgd", momentum: 0.9, weightDecay: 0 },
  batchSize: 1,
  threads: 1,
};

/** Why an engine cannot be used on this machine at all, or `undefined`. */
export async function unavailable(name: EngineName): Promise<string | undefined> {
  return findEngine(name).unsupported(smallest, options);
}

/**
 * The engines that a choice stands for; `undefined` leaves the choice to others.
 *
 * @throws IdinitError where a GPU is asked for and no engine finds one, with every engine's reason.
 */
export async function enginesFor(choice: DeviceChoice): Promise<readonly EngineName[] | undefined> {
  if (choice === "cpu") return cpuEngineNames;
  const reasons = await Promise.all(gpuEngineNames.map(unavailable));
  const usable = gpuEngineNames.filter((_, i) => reasons[i] === undefined);
  if (usable.length > 0) return usable;
  if (choice === "auto") return undefined;
  const lines = gpuEngineNames.map((name, i) => `  ${name}: ${reasons[i]}`);
  throw new IdinitError(`device: no engine finds a GPU (the command doctor tells more)\n${lines.join("\n")}`);
}
