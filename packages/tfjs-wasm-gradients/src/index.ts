export { batchNormalization, type NormalizedBatch } from "./batchNorm/batchNormalization.js";
export { WasmGradientsError } from "./errors.js";
export { registerWasmGradients } from "./registerWasmGradients.js";
