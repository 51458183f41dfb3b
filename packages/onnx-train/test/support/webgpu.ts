/** Whether onnxruntime's WebGPU provider can be used here, and what it did with a graph. */
import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { encodeModel, GraphBuilder } from "@idinit/onnx";

/** Where packages of Chromium and Chrome put the driver file of SwiftShader, Vulkan on the CPU. */
const SOFTWARE_DRIVERS = [
  "/usr/lib/chromium/vk_swiftshader_icd.json",
  "/usr/lib/chromium-browser/vk_swiftshader_icd.json",
  "/usr/lib64/chromium-browser/vk_swiftshader_icd.json",
  "/opt/google/chrome/vk_swiftshader_icd.json",
];

export type WebgpuSearch =
  /** Variables to set before the first session: they make Vulkan's loader take one driver. */
  { readonly environment: Readonly<Record<string, string>> } | { readonly reason: string };

const PROBE = `
import { createRequire } from "node:module";
const ort = createRequire(process.argv[1])("onnxruntime-node");
await ort.InferenceSession.create(Buffer.from(process.argv[2], "base64"), { executionProviders: ["webgpu"], logSeverityLevel: 4 });
console.log("ready");
`;

function tinyModel(): Uint8Array {
  const g = new GraphBuilder({ opset: 17 });
  g.output(g.node("Relu", [g.input("x", "float32", [1])]), "float32", [1]);
  return encodeModel(g.build());
}

/** Creates a session in a process of its own, where a broken driver may write and crash as it pleases. */
async function works(environment: Readonly<Record<string, string>>): Promise<boolean> {
  const model = Buffer.from(tinyModel()).toString("base64");
  const here = import.meta.url;
  const run = promisify(execFile)(process.execPath, ["--input-type=module", "-e", PROBE, here, model], {
    env: { ...process.env, ...environment },
    timeout: 30_000,
  });
  // A driver that crashes when the process ends has worked all the same.
  return run.then(
    ({ stdout }) => stdout.includes("ready"),
    (error: { stdout?: string }) => error.stdout?.includes("ready") ?? false,
  );
}

/** The system's own adapter, else SwiftShader by name. */
export async function findWebgpu(): Promise<WebgpuSearch> {
  if (await works({})) return { environment: {} };
  const driver = process.platform === "linux" ? SOFTWARE_DRIVERS.find(existsSync) : undefined;
  const fix = "Debian and Ubuntu: apt-get install chromium libvulkan1";
  if (driver === undefined) return { reason: `no WebGPU adapter; ${fix}` };
  const environment = { VK_DRIVER_FILES: driver, VK_ICD_FILENAMES: driver, NODEVICE_SELECT: "1" };
  if (await works(environment)) return { environment };
  return { reason: `no WebGPU adapter, and the driver ${driver} cannot be used; ${fix}` };
}

interface ProfileEvent {
  readonly cat: string;
  readonly name: string;
  readonly args?: {
    readonly op_name: string;
    readonly provider?: string;
    readonly input_type_shape?: readonly Readonly<Record<string, readonly number[]>>[];
  };
}

/** Operators that read an input's shape and not its values. */
const SHAPES_ONLY: ReadonlySet<string> = new Set(["Shape", "Size"]);

export interface Placement {
  /** How many kernels ran on the device. */
  readonly device: number;
  /** Operators that read other values than int64 on the CPU: those are shapes and places, the others cross the bus. */
  readonly cpu: readonly string[];
}

/** Reads and deletes the profile that a session left under a prefix. */
export function takePlacement(prefix: string): Placement {
  const folder = dirname(prefix);
  const file = join(folder, readdirSync(folder).find((name) => name.startsWith(`${basename(prefix)}_`))!);
  const events = JSON.parse(readFileSync(file, "utf8")) as ProfileEvent[];
  rmSync(file);
  const kernels = events.flatMap(({ cat, name, args }) =>
    cat === "Node" && name.endsWith("_kernel_time") && args?.provider ? [args] : [],
  );
  const onCpu = kernels.filter(
    ({ provider, op_name, input_type_shape = [] }) =>
      provider === "CPUExecutionProvider" &&
      !SHAPES_ONLY.has(op_name) &&
      input_type_shape.some((input) => !("int64" in input)),
  );
  return {
    device: kernels.filter(({ provider }) => provider === "WebGpuExecutionProvider").length,
    cpu: [...new Set(onCpu.map(({ op_name }) => op_name))].sort(),
  };
}
