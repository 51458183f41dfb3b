import type { KernelFunc } from "@tensorflow/tfjs-core";
import { addressOf } from "../address.js";
import { type KernelArguments, tensorsOf, type WasmBackend } from "../backend.js";
import { nativeKernels } from "../native/nativeKernels.js";

/** The error function, four values at a time where the backend computes one; see `assembly/exponential.ts`. */
export function erf(original: KernelFunc): KernelFunc {
  return (args: KernelArguments) => {
    const { x } = tensorsOf<"x">(args);
    const native = x.dtype === "float32" && x.size >= 4 ? nativeKernels(args.backend) : undefined;
    if (!native) return original(args);
    const backend = args.backend as WasmBackend;
    const y = backend.makeOutput(x.shape, "float32");
    native.erf(addressOf(backend, y), addressOf(backend, x), x.size);
    return y;
  };
}
