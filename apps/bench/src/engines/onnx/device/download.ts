/** From the device to main memory. */
import { encodeModel, GraphBuilder } from "@idinit/onnx";
import type { Ort } from "@idinit/onnx-train";
import type { InferenceSession, Tensor } from "onnxruntime-common";

export interface Download {
  /** Copies of the values, in the order of the shapes. */
  read(tensors: readonly Tensor[]): Promise<Float32Array[]>;
  release(): Promise<void>;
}

/**
 * A session that does nothing but give its float32 inputs back in main memory: reading a device tensor directly ends the
 * process in onnxruntime-node 1.30.
 */
export async function createDownload(
  ort: Ort,
  shapes: readonly (readonly number[])[],
  sessionOptions: InferenceSession.SessionOptions,
): Promise<Download> {
  const g = new GraphBuilder({ opset: 17, name: "download" });
  const inputs = shapes.map((shape, i) => g.input(`in${i}`, "float32", shape));
  const outputs = inputs.map((input) => g.node("Identity", [input]));
  for (const [i, output] of outputs.entries()) g.output(output, "float32", shapes[i]!);
  const session = await ort.InferenceSession.create(encodeModel(g.build()), sessionOptions);
  return {
    async read(tensors) {
      const results = await session.run(Object.fromEntries(inputs.map((name, i) => [name, tensors[i]!])));
      return outputs.map((name) => Float32Array.from(results[name]!.data as Float32Array));
    },
    release: () => session.release(),
  };
}
