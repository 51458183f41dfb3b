/** What the last run on the WebGPU provider found: known where there is no adapter. */
import { readFileSync } from "node:fs";

/** Relative to the tests; written by `npx vitest run packages/onnx-train/test/operators-webgpu.test.ts -u`. */
export const WEBGPU_RESULTS = "../fixtures/operators-webgpu.json";

/** By operator, those parts of its training graph that stay on the CPU; none where everything runs on the device. */
export const webgpuResults: Readonly<Record<string, readonly string[]>> = JSON.parse(
  readFileSync(new URL(`../${WEBGPU_RESULTS}`, import.meta.url), "utf8"),
);
