import type { Tensor4D, TensorInfo } from "@tensorflow/tfjs-core";
import { attributesOf, float32Views, type KernelArguments, tensorsOf, type WasmBackend } from "../backend.js";
import { type PoolingAttributes, pooling } from "../pooling.js";

/**
 * Gradient of max pooling: each dy goes to the first of the largest values in its window, as in the cpu backend.
 *
 * It replaces the wasm backend's kernel because that one drops the gradient of a window whose largest value is not positive.
 */
export function maxPoolGrad(args: KernelArguments): TensorInfo {
  const { input, dy } = tensorsOf<"input" | "dy">(args) as { input: Tensor4D; dy: Tensor4D };
  const info = pooling("MaxPoolGrad", input, attributesOf<PoolingAttributes>(args));
  const out = (args.backend as WasmBackend).makeOutput(input.shape, "float32");
  const [dx, x, gradients] = float32Views(args.backend, [out, input, dy]) as [Float32Array, Float32Array, Float32Array];
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, padInfo } = info;
  dx.fill(0);
  let at = 0;
  for (let b = 0; b < batchSize; b++) {
    for (let i = 0; i < outHeight; i++) {
      const top = i * info.strideHeight - padInfo.top;
      const rows = [Math.max(top, 0), Math.min(top + info.filterHeight, inHeight)] as const;
      for (let j = 0; j < outWidth; j++) {
        const left = j * info.strideWidth - padInfo.left;
        const columns = [Math.max(left, 0), Math.min(left + info.filterWidth, inWidth)] as const;
        for (let c = 0; c < inChannels; c++) {
          const largest = firstLargest(x, b * inHeight, inWidth, inChannels, c, rows, columns);
          if (largest >= 0) dx[largest]! += gradients[at]!;
          at++;
        }
      }
    }
  }
  return out;
}

/** Index of the first largest value of channel `c` in a window; -1 if the window lies outside the image. */
function firstLargest(
  x: Float32Array,
  firstRow: number,
  width: number,
  channels: number,
  c: number,
  rows: readonly [number, number],
  columns: readonly [number, number],
): number {
  let best = -1;
  for (let row = rows[0]; row < rows[1]; row++) {
    for (let column = columns[0]; column < columns[1]; column++) {
      const index = ((firstRow + row) * width + column) * channels + c;
      if (best < 0 || x[index]! > x[best]!) best = index;
    }
  }
  return best;
}
