import {
  engine,
  type GradConfig,
  type GradFunc,
  getBackend,
  getGradient,
  mul,
  registerGradient,
  step,
  type Tensor,
  type TensorInfo,
  tidy,
  unregisterGradient,
  zerosLike,
} from "@tensorflow/tfjs-core";
import { addressOf } from "../address.js";
import { type KernelArguments, tensorsOf, type WasmBackend } from "../backend.js";
import { nativeKernels } from "../native/nativeKernels.js";

/** Our name for the kernel: TensorFlow.js has none, it composes the gradient of three passes. */
export const reluGradientName = "IdinitReluGradient";

/** `dy where x > 0, else 0`. */
export function reluGradient(args: KernelArguments): TensorInfo {
  const { dy, x } = tensorsOf<"dy" | "x">(args);
  const native = dy.dtype === "float32" && x.dtype === "float32" ? nativeKernels(args.backend) : undefined;
  if (!native) return tidy(() => mul(dy, step(x)));
  const backend = args.backend as WasmBackend;
  const dx = backend.makeOutput(x.shape, "float32");
  native.reluGradient(addressOf(backend, dx), addressOf(backend, dy), addressOf(backend, x), x.size);
  return dx;
}

/** Lets the gradient of `Relu` use the kernel on the wasm backend. Without TensorFlow.js's gradients there is nothing to do. */
export function registerReluGradient(): void {
  const known = getGradient("Relu");
  if (!known || getGradient(reluGradientName)) return;
  const run = (dy: Tensor, x: Tensor) => engine().runKernel(reluGradientName, { dy, x }) as Tensor;
  const own: GradConfig = {
    kernelName: reluGradientName,
    inputsToSave: ["x"],
    gradFunc: (gradient, [x]) => ({ dy: () => run(gradient as Tensor, x!), x: () => zerosLike(x!) }),
  };
  const gradFunc: GradFunc = (dy, saved, attrs) => {
    if (getBackend() !== "wasm") return known.gradFunc(dy, saved, attrs);
    return { x: () => run(dy as Tensor, saved[0]!) };
  };
  registerGradient(own);
  unregisterGradient("Relu");
  registerGradient({ ...known, gradFunc });
}
