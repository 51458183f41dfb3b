/** What the module exports. */
export { winograd, winogradKernel, winogradKernelGradient } from "./winograd";
