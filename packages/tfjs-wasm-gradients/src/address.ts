/** Tensors as our own kernels see them: addresses in the backend's memory. */
import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { WasmBackend } from "./backend.js";
import { WasmGradientsError } from "./errors.js";

/** Where a tensor's values begin, in bytes. */
export function addressOf(backend: WasmBackend, { dataId, dtype, shape }: TensorInfo): number {
  if (dtype !== "float32") {
    throw new WasmGradientsError(`gradient kernels of the wasm backend take float32, got ${dtype}`);
  }
  const address = backend.getMemoryOffset(dataId);
  if (address) return address;
  throw new WasmGradientsError(`the wasm backend has no memory left for a tensor of shape [${shape}]`);
}

/** Where the values of each begin. */
export function addressesOf<const T extends readonly TensorInfo[]>(backend: WasmBackend, ...tensors: T): Addresses<T> {
  return tensors.map((tensor) => addressOf(backend, tensor)) as Addresses<T>;
}

/** As many addresses as there are tensors. */
export type Addresses<T extends readonly TensorInfo[]> = { [index in keyof T]: number };

/** Runs `use` with the address of uninitialised memory that is freed afterwards. */
export function withWork(backend: WasmBackend, bytes: number, use: (address: number) => void): void {
  const work = backend.makeOutput([Math.ceil(bytes / 4)], "float32");
  try {
    use(addressOf(backend, work));
  } finally {
    backend.disposeData(work.dataId);
  }
}
