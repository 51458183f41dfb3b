import {
  engine,
  type GradConfig,
  type GradFunc,
  getBackend,
  getGradient,
  type KernelFunc,
  mul,
  registerGradient,
  sub,
  sum,
  type Tensor,
  type TensorInfo,
  tidy,
  unregisterGradient,
} from "@tensorflow/tfjs-core";
import { addressesOf, addressOf } from "../address.js";
import { attributesOf, type KernelArguments, tensorsOf, type WasmBackend } from "../backend.js";
import type { NativeKernels } from "../native/exports.js";
import { nativeKernels } from "../native/nativeKernels.js";

/** Our name for the kernel: TensorFlow.js has none, it composes the gradient of four passes. */
export const softmaxGradientName = "IdinitSoftmaxGradient";

/** Softmax over the last axis, vectorised, rows in fours; the backend does the rest. */
export function softmax(original: KernelFunc): KernelFunc {
  return (args: KernelArguments) => {
    const { logits } = tensorsOf<"logits">(args);
    const { dim } = attributesOf<{ dim: number }>(args);
    const native = dim === logits.rank - 1 ? rowKernels(args.backend, logits) : undefined;
    if (!native) return original(args);
    const backend = args.backend as WasmBackend;
    const y = backend.makeOutput(logits.shape, "float32");
    const columns = logits.shape.at(-1)!;
    native.softmax(addressOf(backend, y), addressOf(backend, logits), logits.size / columns, columns, 1, 0);
    return y;
  };
}

/** `y * (dy - sum of dy * y)` over the last axis. */
export function softmaxGradient(args: KernelArguments): TensorInfo {
  const { dy, y } = tensorsOf<"dy" | "y">(args);
  const native = rowKernels(args.backend, dy);
  if (!native) return tidy(() => mul(y, sub(dy, sum(mul(dy, y), -1, true))));
  const backend = args.backend as WasmBackend;
  const dx = backend.makeOutput(y.shape, "float32");
  const columns = y.shape.at(-1)!;
  const [to, gradient, from] = addressesOf(backend, dx, dy, y);
  native.softmaxGradient(to, gradient, from, y.size / columns, columns, 1);
  return dx;
}

function rowKernels(backend: object, { dtype, shape, size }: Tensor): NativeKernels | undefined {
  return dtype === "float32" && size > 0 && shape.at(-1)! % 4 === 0 ? nativeKernels(backend) : undefined;
}

/** Lets the gradient of `Softmax` use the kernel on the wasm backend. Without TensorFlow.js's gradients there is nothing to do. */
export function registerSoftmaxGradient(): void {
  const known = getGradient("Softmax");
  if (!known || getGradient(softmaxGradientName)) return;
  const run = (dy: Tensor, y: Tensor) => engine().runKernel(softmaxGradientName, { dy, y }) as Tensor;
  const own: GradConfig = {
    kernelName: softmaxGradientName,
    inputsToSave: ["dy", "y"],
    gradFunc: (gradient, [dy, y]) => {
      const g = gradient as Tensor;
      const along = (a: Tensor, b: Tensor) => sum(mul(a, b), -1, true);
      // The kernel is linear in dy, and its own transpose.
      return {
        dy: () => run(g, y!),
        y: () => sub(mul(g, sub(dy!, along(dy!, y!))), mul(dy!, along(g, y!))),
      };
    },
  };
  const gradFunc: GradFunc = (dy, saved, attrs) => {
    const [y] = saved as [Tensor];
    const last = (attrs as { readonly dim?: number }).dim === y.rank - 1;
    if (getBackend() !== "wasm" || !last) return known.gradFunc(dy, saved, attrs);
    return { logits: () => run(dy as Tensor, y) };
  };
  registerGradient(own);
  unregisterGradient("Softmax");
  registerGradient({ ...known, gradFunc });
}
