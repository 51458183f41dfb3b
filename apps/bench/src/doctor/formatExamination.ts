/** The examination as text for a terminal. */
import { nameOf } from "../gpu/adapter.js";
import type { Examination } from "./examine.js";

const MEBI = 2 ** 20;

/** One line a fact; a line below it begins with `fix:` where something is missing that can be had. */
export function formatExamination(examination: Examination): string {
  const { environment, engines, data, pytorch } = examination;
  const line = (name: string, text: string) => `  ${name.padEnd(24)}${text}`;
  const fix = (text: string) => line("", `fix: ${text}`);
  const lines = [
    "Machine",
    line("node", `${environment.node}, ${environment.platform}`),
    line("cpu", `${environment.cpu}, ${environment.cores} cores, ${environment.memory} GiB`),
    "",
    "GPU",
    ...gpu(examination, line, fix),
    "",
    "Engines",
    ...engines.map(({ name, device, missing }) => line(name, `${device}  ${missing ?? "ready"}`)),
    "",
    data.directory === undefined
      ? "Data (embedded: IDINIT_DATA and --data name no folder)"
      : `Data in ${data.directory}`,
    ...data.sets.map(({ name, origin, missing }) => line(name, missing ?? origin ?? "")),
  ];
  if (data.directory === undefined) lines.push(fix("set IDINIT_DATA to a folder with MNIST, CIFAR-10, TREC and SST"));
  lines.push("", "Peers");
  if (pytorch) {
    const device = pytorch.cuda === undefined ? `cpu, BLAS ${pytorch.blas}` : `cuda: ${pytorch.cuda}`;
    lines.push(line("pytorch", `${pytorch.version} (${device}), ${pytorch.path}`));
  } else {
    lines.push(line("pytorch", "no python3 on the PATH can import torch"), fix("pip install torch, to compare with"));
  }
  return lines.join("\n");
}

function gpu(
  { adapter: search, softwareDriver, system }: Examination,
  line: (name: string, text: string) => string,
  fix: (text: string) => string,
): string[] {
  const lines = system.nvidia.map((text) => line("nvidia", text));
  if ("adapter" in search) {
    const { adapter } = search;
    const { limits, features } = adapter;
    lines.push(
      line("adapter", `${nameOf(adapter)}${adapter.software ? " (software: for checks only)" : ""}`),
      ...(adapter.driver === undefined ? [] : [line("driver file", adapter.driver)]),
      line(
        "largest buffer",
        `${Math.floor(limits.maxBufferSize / MEBI)} MiB, bound ${Math.floor(limits.maxStorageBufferBindingSize / MEBI)} MiB`,
      ),
      line(
        "workgroup",
        `${limits.maxComputeWorkgroupStorageSize / 1024} KiB storage, ${limits.maxComputeInvocationsPerWorkgroup} invocations`,
      ),
      line("shader-f16", features.includes("shader-f16") ? "yes" : "no"),
    );
  } else {
    lines.push(line("adapter", search.reason), fix(search.fix));
    if (softwareDriver !== undefined)
      lines.push(fix(`IDINIT_SOFTWARE_GPU=1 computes on ${softwareDriver}, for checks`));
  }
  if (process.platform === "linux") {
    const drivers = system.vulkanDrivers.join(", ");
    lines.push(
      line("vulkan loader", system.vulkanLoader ?? "not found"),
      ...(system.vulkanLoader === undefined ? [fix("Debian and Ubuntu: apt-get install libvulkan1")] : []),
      line("vulkan drivers", drivers || "none"),
    );
  }
  return lines;
}
