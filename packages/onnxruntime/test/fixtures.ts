import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import type { Role } from "@idinit/core";
import { decodeModel, encodeModel, type OnnxModel } from "@idinit/onnx";
import { InferenceSession, Tensor } from "onnxruntime-node";

const folder = new URL("../fixtures/", import.meta.url);

/** Models that PyTorch exported, and the roles that export_models.py wrote down. */
export const roles: Readonly<Record<string, Readonly<Record<string, Role>>>> = JSON.parse(
  readFileSync(new URL("roles.json", folder), "utf8"),
);
export const names = readdirSync(folder).filter((name) => name.endsWith(".onnx"));
export const bytesOf = (name: string) => new Uint8Array(readFileSync(new URL(name, folder)));
export const modelOf = (name: string): OnnxModel => decodeModel(bytesOf(name));

/** Dropout off: training exports would draw anew at each run. */
function withoutDropout(model: OnnxModel): OnnxModel {
  const nodes = model.graph.nodes.map((node) =>
    node.opType === "Dropout"
      ? {
          ...node,
          opType: "Identity",
          inputs: node.inputs.slice(0, 1),
          outputs: node.outputs.slice(0, 1),
          attributes: [],
        }
      : node,
  );
  return { ...model, graph: { ...model.graph, nodes } };
}

/** Runs a model in onnxruntime on one fixed input; symbolic dimensions are 2, token ids run through 0..10. */
export async function run(model: OnnxModel): Promise<Float32Array> {
  const [output] = await outputs(model);
  return output!;
}

/** The values of these names inside a model, for the same input. */
export async function watch(model: OnnxModel, watched: readonly string[]): Promise<Float32Array[]> {
  const infos = watched.map((name) => ({ name, elemType: 1 }));
  // Optimizing, onnxruntime 1.30 folds batch norm into a constant conv even in training mode.
  return outputs({ ...model, graph: { ...model.graph, outputs: infos } }, { graphOptimizationLevel: "disabled" });
}

async function outputs(model: OnnxModel, options: InferenceSession.SessionOptions = {}): Promise<Float32Array[]> {
  const session = await InferenceSession.create(encodeModel(withoutDropout(model)), {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
    ...options,
  });
  try {
    const stored = new Set(model.graph.initializers.map(({ name }) => name));
    const feeds: Record<string, Tensor> = {};
    for (const { name, elemType, shape } of model.graph.inputs.filter((input) => !stored.has(input.name))) {
      const dims = shape!.map((dim) => (typeof dim === "number" ? dim : 2));
      const size = dims.reduce((a, b) => a * b, 1);
      feeds[name] =
        elemType === 7
          ? new Tensor(
              "int64",
              BigInt64Array.from({ length: size }, (_, i) => BigInt((i * 3 + 1) % 11)),
              dims,
            )
          : new Tensor(
              "float32",
              Float32Array.from({ length: size }, (_, i) => Math.sin(i * 1.7) + 0.3),
              dims,
            );
    }
    const results = await session.run(feeds);
    return model.graph.outputs.map(({ name }) => results[name]!.data as Float32Array);
  } finally {
    await session.release();
  }
}

/** The first of Python's commands that knows the onnx package. */
export function pythonWithOnnx(): string | undefined {
  return ["/usr/bin/python3", "python3"].find((command) => {
    try {
      execFileSync(command, ["-c", "import onnx"], { stdio: "ignore" });
      return true;
    } catch {
      return false;
    }
  });
}
