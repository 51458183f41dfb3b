/** File formats of weights, and halves of float32. @packageDocumentation */
export type { TensorData, TensorEntry } from "./dtypes.js";
export { bfloat16, float16, type HalfArray } from "./half.js";
export { halfToFloat32 } from "./halfToFloat32.js";
export { npy } from "./npy.js";
export { readSafetensors, type SafetensorsFile } from "./readSafetensors.js";
export { safetensors, safetensorsChunks } from "./safetensors.js";
