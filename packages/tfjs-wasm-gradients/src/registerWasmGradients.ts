import { getKernel, type KernelFunc, registerKernel, unregisterKernel } from "@tensorflow/tfjs-core";
import { WasmGradientsError } from "./errors.js";
import { avgPool3dGrad } from "./kernels/avgPool3dGrad.js";
import { avgPoolGrad } from "./kernels/avgPoolGrad.js";
import { batchMatMul } from "./kernels/batchMatMul.js";
import { conv2dBackpropFilter } from "./kernels/conv2dBackpropFilter.js";
import { conv2dBackpropInput } from "./kernels/conv2dBackpropInput.js";
import { conv2dForward } from "./kernels/conv2dForward.js";
import { conv3dBackpropFilter, conv3dBackpropInput } from "./kernels/conv3d.js";
import { cumulative } from "./kernels/cumulative.js";
import { depthwiseBackpropFilter } from "./kernels/depthwiseBackpropFilter.js";
import { depthwiseBackpropInput } from "./kernels/depthwiseBackpropInput.js";
import { erf } from "./kernels/erf.js";
import { fusedMatMul } from "./kernels/fusedMatMul.js";
import { maxPool3d, maxPool3dGrad } from "./kernels/maxPool3d.js";
import { maxPoolGrad } from "./kernels/maxPoolGrad.js";
import { registerReluGradient, reluGradient, reluGradientName } from "./kernels/reluGradient.js";
import { cast, identity } from "./kernels/shared.js";
import { registerSoftmaxGradient, softmax, softmaxGradient, softmaxGradientName } from "./kernels/softmax.js";
import { sum } from "./kernels/sum.js";
import { unsortedSegmentSum } from "./kernels/unsortedSegmentSum.js";
import { checkedDepthwise, checkedPooling, mostAveraged } from "./kernels/wholeWindows.js";
import { guardMemory } from "./outOfMemory.js";

const backendName = "wasm";

/** Kernels that the wasm backend lacks: training without them throws "Kernel '...' not registered for backend 'wasm'". */
const missing: Readonly<Record<string, KernelFunc>> = {
  Conv2DBackpropFilter: conv2dBackpropFilter,
  DepthwiseConv2dNativeBackpropFilter: depthwiseBackpropFilter,
  DepthwiseConv2dNativeBackpropInput: depthwiseBackpropInput,
  UnsortedSegmentSum: unsortedSegmentSum,
  [reluGradientName]: reluGradient,
  [softmaxGradientName]: softmaxGradient,
};

/** Kernels that are there but slow as gradients use them, or wrong; what ours does not cover goes to the one it replaces. */
const replaced: Readonly<Record<string, (original: KernelFunc) => KernelFunc>> = {
  _FusedMatMul: fusedMatMul,
  AvgPool: checkedPooling("AvgPool", mostAveraged),
  AvgPool3DGrad: avgPool3dGrad,
  AvgPoolGrad: () => (args) => avgPoolGrad(args),
  BatchMatMul: batchMatMul,
  Cast: cast,
  Conv2D: conv2dForward("Conv2D"),
  Conv2DBackpropInput: conv2dBackpropInput,
  Conv3DBackpropFilterV2: () => (args) => conv3dBackpropFilter(args),
  Conv3DBackpropInputV2: () => (args) => conv3dBackpropInput(args),
  Cumprod: cumulative,
  Cumsum: cumulative,
  DepthwiseConv2dNative: checkedDepthwise("DepthwiseConv2dNative"),
  Erf: erf,
  FusedConv2D: conv2dForward("FusedConv2D"),
  FusedDepthwiseConv2D: checkedDepthwise("FusedDepthwiseConv2D"),
  Identity: identity,
  MaxPool: checkedPooling("MaxPool"),
  MaxPool3D: () => (args) => maxPool3d(args),
  MaxPool3DGrad: () => (args) => maxPool3dGrad(args),
  MaxPoolGrad: () => (args) => maxPoolGrad(args),
  Softmax: softmax,
  Sum: sum,
};

/** Marks a kernel as ours, so that a second call does not wrap it again. */
const mark = Symbol.for("@idinit/tfjs-wasm-gradients");

/**
 * Makes TensorFlow.js's wasm backend able to train convolutional networks and Transformers.
 *
 * Registers the gradient kernels that `@tensorflow/tfjs-backend-wasm` lacks (`Conv2DBackpropFilter`,
 * `DepthwiseConv2dNativeBackpropFilter`, `DepthwiseConv2dNativeBackpropInput`, `UnsortedSegmentSum`), and replaces
 *
 * - what is slow as training uses it: `Conv2D`, `FusedConv2D`, `Conv2DBackpropInput`, `BatchMatMul`, `_FusedMatMul`, `Softmax`,
 *   `Erf` and `Sum` over leading axes (by kernels of our own in WebAssembly, where they serve), copies by `Identity` and `Cast`,
 *   the gradients of `Relu` and `Softmax`;
 * - what is wrong: `MaxPoolGrad`, `MaxPool3D` and `MaxPool3DGrad` for windows without a positive value, `AvgPoolGrad` and
 *   `AvgPool3DGrad` with padding, both gradients of 3-D convolutions, `Cumsum` and `Cumprod` for a negative axis.
 *
 * Forward convolutions and poolings are refused where the backend would write past its output, and a full memory is an error
 * that says so. Values agree with the cpu backend within 1e-5 of the largest, but for average pooling with padding, where the
 * cpu backend is wrong too; the layout is NHWC. Works before or after the backend is set; calling it again changes nothing.
 *
 * The gradient functions themselves, which call these kernels, are registered by importing `@tensorflow/tfjs`.
 *
 * @throws WasmGradientsError when `@tensorflow/tfjs-backend-wasm` has not been imported.
 * @example
 * import * as tf from "@tensorflow/tfjs";
 * import "@tensorflow/tfjs-backend-wasm";
 * import { registerWasmGradients } from "@idinit/tfjs-wasm-gradients";
 * registerWasmGradients();
 * await tf.setBackend("wasm");
 */
export function registerWasmGradients(): void {
  const originals = Object.keys(replaced).map((kernelName) => {
    const config = getKernel(kernelName, backendName);
    if (config === undefined) {
      throw new WasmGradientsError(
        `registerWasmGradients: kernel "${kernelName}" of the wasm backend is not registered; import "@tensorflow/tfjs-backend-wasm" first`,
      );
    }
    return config;
  });
  for (const [kernelName, kernelFunc] of Object.entries(missing)) {
    if (getKernel(kernelName, backendName) === undefined) registerKernel({ kernelName, backendName, kernelFunc });
  }
  for (const config of originals) {
    if (mark in config.kernelFunc) continue;
    const kernelFunc = Object.assign(replaced[config.kernelName]!(config.kernelFunc), { [mark]: true });
    unregisterKernel(config.kernelName, backendName);
    registerKernel({ ...config, kernelFunc });
  }
  guardMemory(backendName);
  registerReluGradient();
  registerSoftmaxGradient();
}
