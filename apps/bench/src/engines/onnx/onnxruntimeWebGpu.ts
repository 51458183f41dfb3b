/** onnxruntime-web's WebGPU provider, in Node on Dawn. */
import { IdinitError } from "@idinit/core";
import * as ort from "onnxruntime-web/webgpu";
import { nameOf } from "../../gpu/adapter.js";
import { guardLearner, type WatchedDevice, watchDevice } from "../../gpu/guard.js";
import { keepAlive } from "../../gpu/keepAlive.js";
import { publishGpu } from "../../gpu/openGpu.js";
import type { Engine } from "../engine.js";
import { loadFailure } from "../lazyEngine.js";
import { explainedLearner } from "./explainedLearner.js";
import { onnxLearner } from "./onnxLearner.js";

/**
 * The provider that browsers have: the runtime in WebAssembly, the device through `navigator.gpu`, which in Node is that of
 * the optional package `webgpu`. State stays on the device.
 */
export function onnxruntimeWebWebgpu(): Engine {
  return {
    name: "onnxruntime-web-webgpu",
    async unsupported() {
      try {
        await publishGpu();
      } catch (error) {
        return error instanceof IdinitError ? error.message : loadFailure(error);
      }
      return undefined;
    },
    async describe() {
      const { adapter } = await publishGpu();
      return {
        framework: "onnxruntime-web",
        version: ort.env.versions.web ?? ort.env.versions.common,
        device: `webgpu: ${adapter ? nameOf(adapter) : "the platform's"}`,
      };
    },
    async create(architecture, weights, options) {
      await publishGpu();
      // The kernels run on the device; what is left to WebAssembly are shapes.
      ort.env.wasm.numThreads = 1;
      const sessionOptions = {
        executionProviders: [{ name: "webgpu", preferredLayout: "NCHW" }],
        logSeverityLevel: 3,
      } as const;
      const made = explainedLearner(onnxLearner(ort, architecture, weights, options, sessionOptions));
      const learner = await keepAlive(made);
      const device = (await ort.env.webgpu.device) as unknown as WatchedDevice;
      return guardLearner(learner, watchDevice(device));
    },
  };
}
