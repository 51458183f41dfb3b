/** GPUs and drivers as the system's own tools tell them. */
import { execFile } from "node:child_process";
import { access, readdir } from "node:fs/promises";
import { promisify } from "node:util";

const LOADER_FOLDERS = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib", "/lib64"];
const DRIVER_FOLDERS = ["/etc/vulkan/icd.d", "/usr/share/vulkan/icd.d", "/usr/local/share/vulkan/icd.d"];

export interface SystemGpus {
  /** NVIDIA GPUs with driver and memory, one line each; empty without `nvidia-smi`. */
  readonly nvidia: readonly string[];
  /** Path of Vulkan's loader; absent where none was found and outside Linux. */
  readonly vulkanLoader?: string;
  /** Driver files that the loader would read. */
  readonly vulkanDrivers: readonly string[];
}

/** Looks, changes nothing, and takes whatever is missing for not there. */
export async function systemGpus(): Promise<SystemGpus> {
  const nvidia = await promisify(execFile)(
    "nvidia-smi",
    ["--query-gpu=name,driver_version,memory.total", "--format=csv,noheader"],
    { timeout: 20_000 },
  ).then(
    ({ stdout }) => stdout.trim().split("\n"),
    () => [],
  );
  if (process.platform !== "linux") return { nvidia, vulkanDrivers: [] };
  const named = process.env.VK_DRIVER_FILES ?? process.env.VK_ICD_FILENAMES;
  const listed = await Promise.all(
    DRIVER_FOLDERS.map((folder) =>
      readdir(folder).then(
        (names) => names.map((name) => `${folder}/${name}`),
        () => [],
      ),
    ),
  );
  const loaders = await Promise.all(
    LOADER_FOLDERS.map((folder) => `${folder}/libvulkan.so.1`).map((path) =>
      access(path).then(
        () => path,
        () => undefined,
      ),
    ),
  );
  const vulkanLoader = loaders.find((path) => path !== undefined);
  return {
    nvidia,
    ...(vulkanLoader !== undefined && { vulkanLoader }),
    vulkanDrivers: named ? named.split(":") : listed.flat(),
  };
}
