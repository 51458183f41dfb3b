/** Whether an execution provider computes in float16. */
import { DataType, encodeModel, GraphBuilder } from "@idinit/onnx";
import { OnnxTrainError } from "../errors.js";
import type { InferenceSession, Ort } from "./ort.js";
import { providerNames } from "./placement.js";
import type { Sessions } from "./sessions.js";

/** What fails is told by the error; the runtime's log would say it twice. */
const QUIET: InferenceSession.RunOptions = { logSeverityLevel: 4 };

/**
 * Multiplies two small matrices: providers take a graph in float16 that their device cannot run, and fail at its first kernel.
 * The CPU's kernels are in float32 where it has none in float16, with casts around them.
 *
 * @throws OnnxTrainError with the provider's own words. The sessions are released then.
 */
export async function requireFloat16(
  ort: Ort,
  sessions: Sessions,
  options?: InferenceSession.SessionOptions,
): Promise<void> {
  if (!sessions.placement.foreign) return;
  const run = async () => {
    const session = await sessions.get("float16", productBytes);
    const results = await session.run({ x: new ort.Tensor("float32", new Float32Array(16).fill(1.5), [4, 4]) }, QUIET);
    const [product] = Object.values(results);
    const value = (product!.data as Float32Array)[0];
    product!.dispose();
    if (value !== 9) throw new Error(`1.5 x 1.5 x 4 gave ${value}`);
  };
  try {
    await run();
  } catch (error) {
    await sessions.release();
    const said = error instanceof Error ? error.message : String(error);
    const names = providerNames(options).join(", ");
    throw new OnnxTrainError(
      `precision "mixed" needs float16, and ${names} cannot compute in it here; of a WebGPU adapter it is the feature "shader-f16": ${said}`,
    );
  }
}

function productBytes(): Uint8Array {
  const g = new GraphBuilder({ opset: 17, name: "float16" });
  const x = g.node("Cast", [g.input("x", "float32", [4, 4])], { to: DataType.float16 });
  const y = g.node("MatMul", [x, x]);
  g.output(g.node("Cast", [y], { to: DataType.float }), "float32", [4, 4]);
  return encodeModel(g.build());
}
