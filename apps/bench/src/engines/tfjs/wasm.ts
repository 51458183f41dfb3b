import { createRequire } from "node:module";
import { dirname, sep } from "node:path";
import { setFlagsFromString } from "node:v8";
import { IdinitError } from "@idinit/core";
import type { Engine } from "../engine.js";
import { loadFailure } from "../lazyEngine.js";
import { unsupportedLayer } from "./unsupportedLayer.js";

/**
 * TensorFlow.js on its wasm backend, trained with the kernels of `@idinit/tfjs-wasm-gradients`. In Node the backend runs on
 * one thread, with SIMD.
 */
export const tfjsWasm: Engine = {
  name: "tfjs-wasm",

  async unsupported(architecture) {
    try {
      await start();
    } catch (error) {
      return loadFailure(error);
    }
    return unsupportedLayer(architecture);
  },

  async describe() {
    const { env, version } = await start();
    const simd = (await env().getAsync("WASM_HAS_SIMD_SUPPORT")) ? "wasm relaxed SIMD" : "wasm without SIMD";
    return { framework: "@tensorflow/tfjs", version: version.tfjs, device: `${simd}, 1 thread` };
  },

  async create(architecture, weights, options) {
    await start();
    const { tfjsLearner } = await import("./learner.js");
    return tfjsLearner("wasm", architecture, weights, options);
  },
};

/** Node 20 knows relaxed SIMD, with products and sums fused, but leaves it off; from Node 21 on it is on. */
const RELAXED_FROM = 21;

/** Loads and starts the backend; cheap when it has been. */
async function start() {
  if (Number.parseInt(process.versions.node, 10) < RELAXED_FROM) setFlagsFromString("--experimental-wasm-relaxed-simd");
  const tf = await import("@tensorflow/tfjs");
  const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
  const { registerWasmGradients } = await import("@idinit/tfjs-wasm-gradients");
  registerWasmGradients();
  if (tf.getBackend() !== "wasm") {
    setWasmPaths(dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm")) + sep);
    if (!(await tf.setBackend("wasm"))) throw new IdinitError("the wasm backend refused to start");
  }
  return tf;
}
