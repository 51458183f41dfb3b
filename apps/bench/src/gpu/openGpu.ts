/** The WebGPU of this process. */
import { IdinitError } from "@idinit/core";
import { type Adapter, adapterChoice } from "./adapter.js";
import { driverVariables, findAdapter } from "./findAdapter.js";
import { acceptSharedViews, type UploadQueue } from "./sharedViews.js";

/** The part of `navigator.gpu` that is used here. */
export interface Gpu {
  requestAdapter(options: object): Promise<{ requestDevice(descriptor?: object): Promise<GpuDevice> } | null>;
}

interface GpuDevice {
  destroy(): void;
}

let search: Promise<Adapter> | undefined;

/**
 * The adapter that this process computes on: a hardware one, or with `IDINIT_SOFTWARE_GPU` set any. It is looked for once;
 * a software driver that must be named is named to the whole process, since Vulkan's loader reads the environment.
 *
 * @throws IdinitError that says why there is none and what would help.
 */
export function requireAdapter(): Promise<Adapter> {
  search ??= findAdapter(adapterChoice()).then((found) => {
    if (!("adapter" in found)) throw new IdinitError(`${found.reason}; ${found.fix}`);
    if (found.adapter.driver !== undefined) Object.assign(process.env, driverVariables(found.adapter.driver));
    return found.adapter;
  });
  return search;
}

/**
 * Puts WebGPU where libraries look for it, in `navigator.gpu`: the platform's own, or Dawn's.
 *
 * @throws IdinitError where there is no adapter.
 */
export async function publishGpu(): Promise<{ gpu: Gpu; adapter: Adapter | undefined }> {
  const platform = globalThis as unknown as { navigator?: { gpu?: Gpu } };
  if (platform.navigator?.gpu) return { gpu: platform.navigator.gpu, adapter: await search };
  const adapter = await requireAdapter();
  const dawn = await import("webgpu");
  const gpu = dawn.create([]) as unknown as Gpu;
  acceptSharedViews((dawn.globals as { GPUQueue: { prototype: UploadQueue } }).GPUQueue.prototype);
  Object.assign(globalThis, dawn.globals);
  if (!platform.navigator) Object.defineProperty(globalThis, "navigator", { value: {}, configurable: true });
  Object.defineProperty(platform.navigator, "gpu", { value: gpu, configurable: true });
  return { gpu, adapter };
}
