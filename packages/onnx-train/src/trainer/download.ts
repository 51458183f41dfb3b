/** Values of tensors, wherever they lie. */
import { encodeModel, GraphBuilder } from "@idinit/onnx";
import type { Tensor } from "./ort.js";
import type { Sessions } from "./sessions.js";

/**
 * Copies of the values of float32 tensors. Those on a device are passed through a session that does nothing else:
 * reading a device tensor directly ends the process in onnxruntime-node 1.30.
 */
export async function download(sessions: Sessions, tensors: readonly Tensor[]): Promise<Float32Array[]> {
  if (tensors.every(({ location }) => location === "cpu")) return tensors.map(copy);
  const shapes = tensors.map(({ dims }) => dims);
  const name = `download ${shapes.map((dims) => `[${dims}]`).join()}`;
  const session = await sessions.get(name, () => identityBytes(shapes));
  const results = await session.run(Object.fromEntries(tensors.map((tensor, i) => [`in${i}`, tensor])));
  return tensors.map((_, i) => {
    const result = results[`out${i}`]!;
    const values = copy(result);
    result.dispose();
    return values;
  });
}

/** As {@link download}, of tensors that are not needed after. */
export async function take(sessions: Sessions, tensors: readonly Tensor[]): Promise<Float32Array[]> {
  try {
    return await download(sessions, tensors);
  } finally {
    for (const tensor of tensors) tensor.dispose();
  }
}

const copy = ({ data }: Tensor) => Float32Array.from(data as Float32Array);

function identityBytes(shapes: readonly (readonly number[])[]): Uint8Array {
  const g = new GraphBuilder({ opset: 17, name: "download" });
  for (const [i, shape] of shapes.entries()) {
    const [output] = g.node("Identity", [g.input(`in${i}`, "float32", shape)], {}, { outputs: [`out${i}`] });
    g.output(output!, "float32", shape);
  }
  return encodeModel(g.build());
}
