/** Refuses windows for which TensorFlow.js and XNNPACK disagree about the output's size. */
import type { backend_util } from "@tensorflow/tfjs-core";
import { WasmGradientsError } from "./errors.js";

/**
 * Throws unless an output has `floor((input + padding - window) / stride) + 1` rows and columns, which is how many XNNPACK
 * writes. TensorFlow.js allocates another number for a numeric padding (it computes both axes from the height and the
 * vertical stride of the window alone) and for `dimRoundingMode: "ceil"`; the backend would then write past the output.
 */
export function requireWholeWindows(kernel: string, info: backend_util.Conv2DInfo): void {
  const { padInfo } = info;
  const rows = windows(info.inHeight + padInfo.top + padInfo.bottom, info.effectiveFilterHeight, info.strideHeight);
  const columns = windows(info.inWidth + padInfo.left + padInfo.right, info.effectiveFilterWidth, info.strideWidth);
  if (info.outHeight === rows && info.outWidth === columns) return;
  throw new WasmGradientsError(
    `${kernel}: a window of ${info.effectiveFilterHeight}×${info.effectiveFilterWidth} with strides ` +
      `[${info.strideHeight}, ${info.strideWidth}] and padding [[${padInfo.top}, ${padInfo.bottom}], [${padInfo.left}, ` +
      `${padInfo.right}]] over ${info.inHeight}×${info.inWidth} gives ${rows}×${columns} values, but TensorFlow.js ` +
      `computes ${info.outHeight}×${info.outWidth}: give the padding as [[0, 0], [top, bottom], [left, right], [0, 0]], ` +
      `and no rounding but "floor"`,
  );
}

function windows(size: number, window: number, stride: number): number {
  return Math.floor((size - window) / stride) + 1;
}
