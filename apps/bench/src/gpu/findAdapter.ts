/** Finds a WebGPU adapter, or says why there is none. */
import type { AdapterChoice, AdapterSearch } from "./adapter.js";
import { type Probe, probe as probeDawn } from "./probe.js";
import { findSoftwareDriver } from "./softwareDriver.js";

export interface FindAdapterOptions {
  readonly probe?: Probe;
  /** The driver file of a software adapter, if there is one. */
  readonly softwareDriver?: () => Promise<string | undefined>;
}

/**
 * Variables that make Vulkan's loader take one driver (the second is the older name), without Mesa's layer that chooses
 * between several: it complains on stderr where there is no desktop.
 */
export const driverVariables = (driver: string) => ({
  VK_DRIVER_FILES: driver,
  VK_ICD_FILENAMES: driver,
  NODEVICE_SELECT: "1",
});

const HARDWARE_FIX =
  process.platform === "linux"
    ? "install the GPU's driver with its Vulkan part and the Vulkan loader (Debian and Ubuntu: libvulkan1)"
    : "install the GPU's driver";
const SOFTWARE_FIX = "on Debian and Ubuntu: apt-get install chromium libvulkan1";

/** Asks for what the system has; for a software adapter also for SwiftShader by name. Nothing of this process changes. */
export async function findAdapter(choice: AdapterChoice, options: FindAdapterOptions = {}): Promise<AdapterSearch> {
  const { probe = probeDawn, softwareDriver = findSoftwareDriver } = options;
  const found = await probe();
  if ("error" in found) {
    const fix = found.error.includes("npm install") ? "npm install webgpu" : HARDWARE_FIX;
    return { reason: found.error, fix };
  }
  const { adapter } = found;
  if (adapter && (choice === "any" || adapter.software === (choice === "software"))) return { adapter };
  if (choice === "hardware") {
    if (!adapter) return { reason: "no WebGPU adapter found", fix: HARDWARE_FIX };
    return {
      reason: `the only WebGPU adapter is software (${adapter.description}); IDINIT_SOFTWARE_GPU=1 takes it, for checks: it is very slow`,
      fix: HARDWARE_FIX,
    };
  }
  const driver = await softwareDriver();
  if (driver === undefined) return { reason: "no WebGPU adapter found, software ones included", fix: SOFTWARE_FIX };
  const second = await probe(driverVariables(driver));
  if ("adapter" in second && second.adapter) return { adapter: { ...second.adapter, driver } };
  const why = "error" in second ? second.error : "it offers no adapter";
  return { reason: `the software driver ${driver} cannot be used: ${why}`, fix: SOFTWARE_FIX };
}
