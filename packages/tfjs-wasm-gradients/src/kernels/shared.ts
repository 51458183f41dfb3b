import type { KernelFunc, TensorInfo } from "@tensorflow/tfjs-core";
import { attributesOf, type KernelArguments, tensorsOf, type WasmBackend } from "../backend.js";

/** `Identity` without a copy: tensors never change, so that both may share their memory, as on the other backends. */
export function identity(original: KernelFunc): KernelFunc {
  return (args: KernelArguments) => {
    const { x } = tensorsOf<"x">(args);
    return x.dtype === "string" ? original(args) : share(args, x);
  };
}

/** `Cast` without a copy where the type stays, as in the gradient of ReLU. */
export function cast(original: KernelFunc): KernelFunc {
  return (args: KernelArguments) => {
    const { x } = tensorsOf<"x">(args);
    const { dtype } = attributesOf<{ dtype: string }>(args);
    return x.dtype === dtype && dtype !== "string" ? share(args, x) : original(args);
  };
}

function share({ backend }: KernelArguments, { dataId, shape, dtype }: TensorInfo): TensorInfo {
  (backend as WasmBackend).incRef(dataId);
  return { dataId, shape, dtype };
}
