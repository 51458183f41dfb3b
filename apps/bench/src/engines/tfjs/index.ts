export { tfjsWasm } from "./wasm.js";
export { tfjsWebgpu } from "./webgpu.js";
