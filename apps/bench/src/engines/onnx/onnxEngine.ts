/** What the engines on onnxruntime share: everything but the runtime itself. */
import type { Ort, TrainerOptions } from "@idinit/onnx-train";
import type { Architecture } from "../../architectures/architecture.js";
import type { Engine, EngineName, LearnerOptions } from "../engine.js";
import { onnxLearner } from "./onnxLearner.js";

export interface OnnxEngineOptions {
  readonly name: EngineName;
  readonly ort: Ort;
  readonly version: string;
  readonly device: string;
  /** Settings of the sessions for a number of threads. */
  readonly sessionOptions: (threads: number) => NonNullable<TrainerOptions["sessionOptions"]>;
  /** Why this runtime cannot do it, if it cannot. */
  readonly unsupported?: (architecture: Architecture, options: LearnerOptions) => string | undefined;
}

/** An engine whose training step is one ONNX graph, made by @idinit/onnx-train. */
export function onnxEngine(engine: OnnxEngineOptions): Engine {
  const { name, ort, version, device, sessionOptions } = engine;
  return {
    name,
    unsupported: async (architecture, options) => engine.unsupported?.(architecture, options),
    describe: async () => ({ framework: name, version, device }),
    create: (architecture, weights, options) =>
      onnxLearner(ort, architecture, weights, options, sessionOptions(options.threads)),
  };
}
