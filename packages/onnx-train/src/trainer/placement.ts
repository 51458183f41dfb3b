/** Where a trainer's graphs run and its state lies, by the execution providers that are asked for. */
import type { LoweringTable } from "../lowering/lower.js";
import { wasmLowering } from "../lowering/wasm.js";
import { webgpuLowering } from "../lowering/webgpu.js";
import type { InferenceSession, Ort } from "./ort.js";

export interface Placement {
  /** Where state stays between steps: CUDA's and other providers' tensors cannot be held by JavaScript. */
  readonly state: "cpu" | "gpu-buffer";
  /** What has to be written otherwise for the provider. */
  readonly lowering?: LoweringTable;
  /** Whether another provider than the CPU's computes, natively or in WebAssembly. */
  readonly foreign: boolean;
}

/** The names of the execution providers, in the order in which they are asked for. */
export const providerNames = ({ executionProviders = ["cpu"] }: InferenceSession.SessionOptions = {}): string[] =>
  executionProviders.map((provider) => (typeof provider === "string" ? provider : provider.name));

export function placementOf({ env }: Ort, options?: InferenceSession.SessionOptions): Placement {
  const names = providerNames(options);
  if (names.includes("webgpu")) return { state: "gpu-buffer", lowering: webgpuLowering, foreign: true };
  const foreign = names.some((name) => name !== "cpu" && name !== "wasm");
  // The CPU of onnxruntime-web is WebAssembly.
  const wasm = !foreign && (names.includes("wasm") || env?.versions?.web !== undefined);
  return { state: "cpu", ...(wasm && { lowering: wasmLowering }), foreign };
}
