/** onnxruntime-node, CPU provider. */
import { cpus } from "node:os";
import * as ort from "onnxruntime-node";
import type { Engine } from "../engine.js";
import { onnxEngine } from "./onnxEngine.js";

/**
 * The native runtime on the CPU.
 *
 * Idle threads sleep instead of spinning: with two threads on two cores that other work shares, a ResNet-20 step took
 * 3.5 s without spinning and 5.0 s with it. Optimization stops before onnxruntime's own move to the blocked (NCHWc) layout, which
 * `createTrainer` makes itself: in a training graph onnxruntime would move only the constant kernels of weight gradients, each
 * with a reorder back (2.3 s a step against 3.2 s, same load).
 */
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
      graphOptimizationLevel: "extended",
      extra: { session: { intra_op: { allow_spinning: "0" } } },
    }),
  });
}
