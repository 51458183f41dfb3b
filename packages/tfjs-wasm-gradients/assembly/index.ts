/** What the module exports. */
export { gradientSums, inputGradient, normalize, statistics } from "./batchNorm";
export { addBias } from "./bias";
export { kernelGradient } from "./kernelGradient";
export { reluGradient } from "./relu";
export { stridedInputGradient } from "./stridedInputGradient";
export { winograd, winogradKernel, winogradKernelGradient } from "./winograd";
