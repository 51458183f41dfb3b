/** All engines of the bench. */
import { IdinitError } from "@idinit/core";
import type { Engine, EngineName } from "./engine.js";
import { lazyEngine } from "./lazyEngine.js";

export type {
  Batch,
  Engine,
  EngineName,
  Learner,
  LearnerOptions,
  OptimizerSpec,
  Precision,
  StepQueue,
} from "./engine.js";

/** In the order in which reports show them. Nothing is imported before an engine is asked something. */
export const engines: readonly Engine[] = [
  lazyEngine("onnxruntime-node", async () => (await import("./onnx/onnxruntimeNode.js")).onnxruntimeNode()),
  lazyEngine("onnxruntime-web", async () => (await import("./onnx/onnxruntimeWeb.js")).onnxruntimeWeb()),
  lazyEngine("onnxruntime-webgpu", async () => (await import("./onnx/onnxruntimeGpu.js")).onnxruntimeWebgpu()),
  lazyEngine("onnxruntime-web-webgpu", async () =>
    (await import("./onnx/onnxruntimeWebGpu.js")).onnxruntimeWebWebgpu(),
  ),
  lazyEngine("onnxruntime-cuda", async () => (await import("./onnx/onnxruntimeGpu.js")).onnxruntimeCuda()),
  lazyEngine("tfjs-wasm", async () => (await import("./tfjs/index.js")).tfjsWasm),
  lazyEngine("tfjs-webgpu", async () => (await import("./tfjs/index.js")).tfjsWebgpu),
  lazyEngine("tfjs-node", async () => (await import("./tfjs/node.js")).tfjsNode("@tensorflow/tfjs-node")),
  lazyEngine("tfjs-node-gpu", async () => (await import("./tfjs/node.js")).tfjsNode("@tensorflow/tfjs-node-gpu")),
  lazyEngine("brain", async () => (await import("./brain/index.js")).brain),
];

/** @throws IdinitError for a name that no engine has. */
export function findEngine(name: string): Engine {
  const engine = engines.find((candidate) => candidate.name === name);
  if (engine) return engine;
  throw new IdinitError(`engine needs one of ${engines.map((candidate) => candidate.name).join(", ")}, got "${name}"`);
}

/** Names of all engines. */
export const engineNames: readonly EngineName[] = engines.map(({ name }) => name);
