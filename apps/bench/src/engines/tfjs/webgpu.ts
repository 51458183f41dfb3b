import { IdinitError } from "@idinit/core";
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
    await start();
    const { tfjsLearner } = await import("./learner.js");
    return tfjsLearner("webgpu", architecture, weights, options);
  },
};

/** Finds an adapter and starts the backend on it; an error says what is missing. */
async function start() {
  const { gpu, publish } = await findGpu();
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) throw new IdinitError("no WebGPU adapter found (in Node it needs a Vulkan, Metal or D3D12 driver)");
  const { vendor, architecture, description, isFallbackAdapter } = adapter.info;
  if (isFallbackAdapter && !process.env.IDINIT_SOFTWARE_GPU) {
    throw new IdinitError(
      `the only WebGPU adapter is software (${description}); IDINIT_SOFTWARE_GPU=1 takes it, for checks: it is very slow`,
    );
  }
  publish();
  const tf = await import("@tensorflow/tfjs");
  await import("@tensorflow/tfjs-backend-webgpu");
  if (tf.getBackend() !== "webgpu" && !(await tf.setBackend("webgpu"))) {
    throw new IdinitError("the webgpu backend refused to start");
  }
  return { tf, device: `webgpu: ${[vendor, architecture, description].filter(Boolean).join(" ")}` };
}

interface Gpu {
  requestAdapter(options: { powerPreference: "high-performance" }): Promise<Adapter | null>;
}

interface Adapter {
  readonly info: {
    readonly vendor: string;
    readonly architecture: string;
    readonly description: string;
    readonly isFallbackAdapter?: boolean;
  };
}

/** The platform's WebGPU, or Dawn's; `publish` puts the latter where the backend looks for it, in `navigator.gpu`. */
async function findGpu(): Promise<{ gpu: Gpu; publish: () => void }> {
  const platform = globalThis as unknown as { navigator?: { gpu?: Gpu } };
  if (platform.navigator?.gpu) return { gpu: platform.navigator.gpu, publish: () => {} };
  const dawn = await import("webgpu");
  const gpu = dawn.create([]) as unknown as Gpu;
  const publish = () => {
    Object.assign(globalThis, dawn.globals);
    if (!platform.navigator) Object.defineProperty(globalThis, "navigator", { value: {}, configurable: true });
    Object.defineProperty(platform.navigator, "gpu", { value: gpu, configurable: true });
  };
  return { gpu, publish };
}
