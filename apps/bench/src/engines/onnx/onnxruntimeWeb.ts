/** onnxruntime-web, its WebAssembly provider in Node. */
import * as ort from "onnxruntime-web";
import type { Engine } from "../engine.js";
import { onnxEngine } from "./onnxEngine.js";

/**
 * The WebAssembly runtime. Its number of threads is fixed with the first session of the process, so a second number
 * is refused.
 */
export function onnxruntimeWeb(): Engine {
  let fixedThreads: number | undefined;
  return onnxEngine({
    name: "onnxruntime-web",
    ort,
    version: ort.env.versions.web ?? ort.env.versions.common,
    device: "cpu: WebAssembly with SIMD",
    unsupported: (_, { threads }) =>
      fixedThreads === undefined || fixedThreads === threads
        ? undefined
        : `its ${fixedThreads} thread(s) cannot be changed to ${threads} within one process`,
    sessionOptions: (threads) => {
      fixedThreads ??= threads;
      ort.env.wasm.numThreads = fixedThreads;
      return { executionProviders: ["wasm"] };
    },
  });
}
