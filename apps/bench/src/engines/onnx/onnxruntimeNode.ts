/** onnxruntime-node, CPU provider. */
import { cpus } from "node:os";
import * as ort from "onnxruntime-node";
import type { Engine } from "../engine.js";
import { onnxEngine } from "./onnxEngine.js";

/** The native runtime on the CPU. */
export function onnxruntimeNode(): Engine {
  return onnxEngine({
    name: "onnxruntime-node",
    ort,
    version: ort.env.versions.node ?? ort.env.versions.common,
    device: `cpu: ${cpus()[0]?.model.trim() ?? "unknown"}`,
    sessionOptions: (threads) => ({
      executionProviders: ["cpu"],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: "sequential",
    }),
  });
}
