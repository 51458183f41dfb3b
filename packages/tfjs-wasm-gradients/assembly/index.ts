/** What the module exports. */
export { gradientSums, inputGradient, normalize, statistics } from "./batchNorm";
export { kernelGradient } from "./kernelGradient";
export { winograd, winogradKernel, winogradKernelGradient } from "./winograd";
