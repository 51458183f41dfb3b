/** What the bench finds on this machine: device, engines, data, peers. */
import { type DatasetName, datasetNames, loadDataset } from "../data/loadDataset.js";
import { gpuEngineNames, unavailable } from "../engines/devices.js";
import { type EngineName, engineNames } from "../engines/index.js";
import { type Environment, readEnvironment } from "../environment.js";
import { type AdapterSearch, adapterChoice } from "../gpu/adapter.js";
import { findAdapter } from "../gpu/findAdapter.js";
import { findSoftwareDriver } from "../gpu/softwareDriver.js";
import { findTorchPython, type TorchPython } from "../speed/python.js";
import { type SystemGpus, systemGpus } from "./systemGpus.js";

export interface Examination {
  readonly kind: "doctor";
  readonly environment: Environment;
  readonly system: SystemGpus;
  /** What GPU engines get, or what they lack. */
  readonly adapter: AdapterSearch;
  /** A software driver that could be used for checks; absent where there is none. */
  readonly softwareDriver?: string;
  readonly engines: readonly { readonly name: EngineName; readonly device: "cpu" | "gpu"; readonly missing?: string }[];
  readonly data: {
    readonly directory?: string;
    readonly sets: readonly { readonly name: DatasetName; readonly origin?: string; readonly missing?: string }[];
  };
  readonly pytorch?: TorchPython;
}

export interface ExamineOptions {
  /** Folder of the data sets; absent: the embedded ones. */
  readonly directory?: string;
}

/** Asks everything once. Nothing is written and nothing is trained. */
export async function examine({ directory }: ExamineOptions): Promise<Examination> {
  const adapter = await findAdapter(adapterChoice());
  const reasons: (string | undefined)[] = [];
  for (const name of engineNames) reasons.push(await unavailable(name));
  const pytorch = await findTorchPython();
  const softwareDriver = await findSoftwareDriver();
  return {
    kind: "doctor",
    environment: await readEnvironment(),
    system: await systemGpus(),
    adapter,
    ...(softwareDriver !== undefined && { softwareDriver }),
    engines: engineNames.map((name, i) => ({
      name,
      device: gpuEngineNames.includes(name) ? "gpu" : "cpu",
      ...(reasons[i] !== undefined && { missing: reasons[i] }),
    })),
    data: {
      ...(directory !== undefined && { directory }),
      sets: await Promise.all(datasetNames.map((name) => examineData(name, directory))),
    },
    ...(pytorch && { pytorch }),
  };
}

/** Reads the set, so that damaged files show as well. */
async function examineData(name: DatasetName, directory: string | undefined) {
  try {
    const { origin } = await loadDataset(name, directory, { length: 32, minimumCount: 1 });
    return { name, origin };
  } catch (error) {
    return { name, missing: error instanceof Error ? error.message : String(error) };
  }
}
