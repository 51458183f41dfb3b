/** Our own kernels as public functions use them: on the current backend, with its tensors. */
import { backend, engine, getBackend, type Tensor, type TensorInfo } from "@tensorflow/tfjs-core";
import { type Addresses, addressesOf, addressOf, withWork } from "../address.js";
import type { WasmBackend } from "../backend.js";
import type { NativeKernels } from "./exports.js";
import { nativeKernels } from "./nativeKernels.js";

export interface OnWasm {
  readonly kernels: NativeKernels;
  /** Where a tensor's values begin, in bytes. */
  at(tensor: TensorInfo): number;
  /** The same of several. */
  all<const T extends readonly TensorInfo[]>(...tensors: T): Addresses<T>;
  /** A new, uninitialised tensor of float32. */
  make<T extends Tensor>(shape: readonly number[]): T;
  /** Runs `use` with the address of memory that is freed afterwards. */
  work(bytes: number, use: (address: number) => void): void;
}

/** `undefined` on other backends, and where {@link nativeKernels} has none. */
export function onWasm(): OnWasm | undefined {
  if (getBackend() !== "wasm") return undefined;
  const kernels = nativeKernels(backend());
  if (!kernels) return undefined;
  const memory = backend() as unknown as WasmBackend;
  return {
    kernels,
    at: (tensor) => addressOf(memory, tensor),
    all: (...tensors) => addressesOf(memory, ...tensors),
    make: <T extends Tensor>(shape: readonly number[]) =>
      engine().makeTensorFromTensorInfo(memory.makeOutput(shape, "float32")) as T,
    work: (bytes, use) => withWork(memory, bytes, use),
  };
}
