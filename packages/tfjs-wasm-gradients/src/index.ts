export { WasmGradientsError } from "./errors.js";
export { registerWasmGradients } from "./registerWasmGradients.js";
