import { IdinitError } from "@idinit/core";
import { nameOf } from "../../gpu/adapter.js";
import { type DeviceWatch, guardLearner, type WatchedDevice, watchDevice } from "../../gpu/guard.js";
import { publishGpu } from "../../gpu/openGpu.js";
import type { Engine } from "../engine.js";
import { loadFailure } from "../lazyEngine.js";
import { unsupportedLayer } from "./unsupportedLayer.js";

/** TensorFlow.js on WebGPU: a browser's, or in Node that of the optional package `webgpu` (Dawn). */
export const tfjsWebgpu: Engine = {
  name: "tfjs-webgpu",

  async unsupported(architecture) {
    try {
      await start();
    } catch (error) {
      return error instanceof IdinitError ? error.message : loadFailure(error);
    }
    return unsupportedLayer(architecture);
  },

  async describe() {
    const { tf, device } = await start();
    return { framework: "@tensorflow/tfjs", version: tf.version.tfjs, device };
  },

  async create(architecture, weights, options) {
    const { watch } = await start();
    const { tfjsLearner } = await import("./learner.js");
    return guardLearner(tfjsLearner("webgpu", architecture, weights, options), watch);
  },
};

/** One watch a device: TensorFlow.js keeps its device until the backend is removed. */
const watches = new WeakMap<WatchedDevice, DeviceWatch>();

/** Finds an adapter and starts the backend on it, anew where its device has failed; an error says what is missing. */
async function start() {
  const { adapter } = await publishGpu();
  const tf = await import("@tensorflow/tfjs");
  await import("@tensorflow/tfjs-backend-webgpu");
  const factory = tf.findBackendFactory("webgpu");
  const known = tf.findBackend("webgpu") as { device?: WatchedDevice } | null;
  if (known?.device && watches.get(known.device)?.failure() && factory) {
    tf.removeBackend("webgpu");
    tf.registerBackend("webgpu", factory);
  }
  if (tf.getBackend() !== "webgpu" && !(await tf.setBackend("webgpu"))) {
    throw new IdinitError("the webgpu backend refused to start");
  }
  const { device } = tf.backend() as unknown as { device: WatchedDevice };
  let watch = watches.get(device);
  if (!watch) watches.set(device, (watch = watchDevice(device)));
  return { tf, watch, device: `webgpu: ${adapter ? nameOf(adapter) : "the platform's"}` };
}
