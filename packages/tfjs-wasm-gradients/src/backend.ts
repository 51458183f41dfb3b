/** What the kernels use of tfjs's wasm backend. */
import type { DataType, KernelFunc, NamedAttrMap, Tensor, TensorInfo } from "@tensorflow/tfjs-core";
import { WasmGradientsError } from "./errors.js";

export interface WasmBackend {
  /** A new, uninitialised tensor in the backend's memory. */
  makeOutput(shape: readonly number[], dtype: DataType): TensorInfo;
  /** A view of a tensor's values. It dies when the memory grows, so take it after the last allocation. */
  typedArrayFromHeap(tensor: TensorInfo): Float32Array | Int32Array | Uint8Array;
  /** Where a tensor's values begin, in bytes. It stays when the memory grows. */
  getMemoryOffset(dataId: TensorInfo["dataId"]): number;
  disposeData(dataId: TensorInfo["dataId"]): void;
  /** One more tensor shares the memory. */
  incRef(dataId: TensorInfo["dataId"]): void;
}

/** What the engine hands a kernel. */
export type KernelArguments = Parameters<KernelFunc>[0];

/** The named inputs; the engine hands kernels its own tensors, which the types call `TensorInfo`. */
export function tensorsOf<Name extends string>({ inputs }: KernelArguments): Readonly<Record<Name, Tensor>> {
  return inputs as Record<Name, Tensor>;
}

export function attributesOf<Attributes>(args: KernelArguments): Attributes {
  return (args.attrs ?? {}) as NamedAttrMap as Attributes;
}

/** The views of an output and of what it is made from, all of float32. */
export function float32Views(backend: object, tensors: readonly TensorInfo[]): readonly Float32Array[] {
  return tensors.map((tensor) => {
    if (tensor.dtype !== "float32")
      throw new WasmGradientsError(`gradient kernels of the wasm backend take float32, got ${tensor.dtype}`);
    return (backend as WasmBackend).typedArrayFromHeap(tensor) as Float32Array;
  });
}

/** Throws for a layout in which the wasm backend has no forward convolution either. */
export function requireNhwc(kernel: string, dataFormat: string | undefined): void {
  if (dataFormat !== undefined && dataFormat !== "NHWC") {
    throw new WasmGradientsError(`${kernel}: the wasm backend convolves NHWC only, got dataFormat "${dataFormat}"`);
  }
}
