/** What the module exports. */
export { gradientSums, inputGradient, normalize, statistics } from "./batchNorm";
export { addBias } from "./bias";
export { erf, gelu, geluGradient } from "./gelu";
export { kernelGradient } from "./kernelGradient";
export { adam, sgd } from "./optimizers";
export { product } from "./product";
export { reluGradient } from "./relu";
export { layerNorm, layerNormGradient, softmax, softmaxGradient } from "./rows";
export { stridedInputGradient } from "./stridedInputGradient";
export { sumRows } from "./sumRows";
export { winograd, winogradKernel, winogradKernelGradient } from "./winograd";
