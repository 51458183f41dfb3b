import { backend_util, type KernelFunc, mul, type Tensor5D, tensor, tidy } from "@tensorflow/tfjs-core";
import { attributesOf, type KernelArguments, tensorsOf } from "../backend.js";

interface Attributes {
  readonly filterSize: [number, number, number] | number;
  readonly strides: [number, number, number] | number;
  readonly pad: "valid" | "same" | number;
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}

/**
 * Gradient of average pooling of volumes. The backend's kernel divides each dy by the whole window, padding included, while
 * the forward pass leaves the padding out (the cpu backend does the same), so dy is first multiplied by window / inside.
 */
export function avgPool3dGrad(original: KernelFunc): KernelFunc {
  return (args: KernelArguments) => {
    const { input, dy } = tensorsOf<"input" | "dy">(args) as { input: Tensor5D; dy: Tensor5D };
    const { filterSize, strides, pad, dimRoundingMode } = attributesOf<Attributes>(args);
    const info = backend_util.computePool3DInfo(input.shape, filterSize, strides, 1, pad, dimRoundingMode);
    const { padInfo } = info;
    const depth = shares(info.outDepth, info.strideDepth, info.filterDepth, padInfo.front, info.inDepth);
    const rows = shares(info.outHeight, info.strideHeight, info.filterHeight, padInfo.top, info.inHeight);
    const columns = shares(info.outWidth, info.strideWidth, info.filterWidth, padInfo.left, info.inWidth);
    const factors = depth.flatMap((d) => rows.flatMap((r) => columns.map((c) => d * r * c)));
    if (factors.every((factor) => factor === 1)) return original(args);
    const shape = [1, depth.length, rows.length, columns.length, 1];
    const weighed = tidy(() => mul(dy, tensor(factors, shape, "float32")));
    const dx = original({ ...args, inputs: { ...args.inputs, dy: weighed } });
    weighed.dispose();
    return dx;
  };
}

/** For each window along one axis: its size over the number of its positions inside the input. */
function shares(count: number, stride: number, window: number, before: number, size: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    const start = i * stride - before;
    return window / (Math.min(start + window, size) - Math.max(start, 0));
  });
}
