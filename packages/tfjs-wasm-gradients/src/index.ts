export { batchNormalization, type NormalizedBatch } from "./batchNorm/batchNormalization.js";
export { WasmGradientsError } from "./errors.js";
export { type AdamOptions, adamUpdate } from "./optimizers/adamUpdate.js";
export { type SgdOptions, sgdUpdate } from "./optimizers/sgdUpdate.js";
export { registerWasmGradients } from "./registerWasmGradients.js";
export { releasing } from "./releasing.js";
export { attention } from "./transformer/attention.js";
export { gelu } from "./transformer/gelu.js";
export { layerNormalization } from "./transformer/layerNormalization.js";
