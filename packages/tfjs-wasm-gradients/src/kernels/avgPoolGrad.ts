import type { Tensor4D, TensorInfo } from "@tensorflow/tfjs-core";
import { attributesOf, float32Views, type KernelArguments, tensorsOf, type WasmBackend } from "../backend.js";
import { type PoolingAttributes, pooling } from "../pooling.js";

/**
 * Gradient of average pooling: each dy is shared equally among the pixels of its window that lie inside the image.
 *
 * It replaces the wasm backend's kernel because that one divides by the whole window, padding included, while the forward
 * pass leaves the padding out (the cpu backend makes the same mistake).
 */
export function avgPoolGrad(args: KernelArguments): TensorInfo {
  const { input, dy } = tensorsOf<"input" | "dy">(args) as { input: Tensor4D; dy: Tensor4D };
  const info = pooling("AvgPoolGrad", input, attributesOf<PoolingAttributes>(args));
  const out = (args.backend as WasmBackend).makeOutput(input.shape, "float32");
  const [dx, gradients] = float32Views(args.backend, [out, dy]) as [Float32Array, Float32Array];
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, padInfo } = info;
  dx.fill(0);
  for (let b = 0; b < batchSize; b++) {
    for (let i = 0; i < outHeight; i++) {
      const top = i * info.strideHeight - padInfo.top;
      const rows = [Math.max(top, 0), Math.min(top + info.filterHeight, inHeight)] as const;
      for (let j = 0; j < outWidth; j++) {
        const left = j * info.strideWidth - padInfo.left;
        const columns = [Math.max(left, 0), Math.min(left + info.filterWidth, inWidth)] as const;
        const from = ((b * outHeight + i) * outWidth + j) * inChannels;
        const count = (rows[1] - rows[0]) * (columns[1] - columns[0]);
        for (let row = rows[0]; row < rows[1]; row++) {
          const start = ((b * inHeight + row) * inWidth + columns[0]) * inChannels;
          const end = start + (columns[1] - columns[0]) * inChannels;
          for (let at = start; at < end; at += inChannels) {
            for (let c = 0; c < inChannels; c++) dx[at + c]! += gradients[from + c]! / count;
          }
        }
      }
    }
  }
  return out;
}
