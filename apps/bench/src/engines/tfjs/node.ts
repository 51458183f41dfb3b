import type { Engine, EngineName } from "../engine.js";
import { unsupportedLayer } from "./unsupportedLayer.js";

/** The packages that bind TensorFlow's own library; their installation downloads it, so users install them if they want to. */
export type TfjsNodePackage = "@tensorflow/tfjs-node" | "@tensorflow/tfjs-node-gpu";

/** TensorFlow's C library under TensorFlow.js: CPU, or with `-gpu` CUDA. Only where a user has installed the package. */
export async function tfjsNode(name: TfjsNodePackage): Promise<Engine> {
  const tf = await import("@tensorflow/tfjs");
  // Registers the backend "tensorflow"; a name in a variable keeps the package out of what must be installed.
  await import(name);
  return {
    name: name.slice("@tensorflow/".length) as EngineName,
    unsupported: async (architecture) => unsupportedLayer(architecture),
    describe: async () => ({
      framework: name,
      version: tf.version.tfjs,
      device: name.endsWith("-gpu") ? "gpu: CUDA" : "cpu: libtensorflow",
    }),
    async create(architecture, weights, options) {
      await tf.setBackend("tensorflow");
      const { tfjsLearner } = await import("./learner.js");
      return tfjsLearner("tensorflow", architecture, weights, options);
    },
  };
}
