/** Models built by hand, in forms that PyTorch's exporter does not write. */
import { encodeModel, GraphBuilder, makeTensor, type OnnxModel } from "@idinit/onnx";

/** Distinct values, so that no two tensors are equal. */
function values(count: number, seed = 1): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => 0.1 + (((i + 7) * seed * 0.6180339) % 1));
}

/** `hidden = relu(W1 x)`, `output = W2 hidden`, with the kernels made by `weight`. */
export function mlp(weight: (g: GraphBuilder, name: string, dims: number[]) => string): OnnxModel {
  const g = new GraphBuilder();
  const x = g.input("x", "float32", ["batch", 4]);
  const hidden = g.node("Relu", [g.node("MatMul", [x, weight(g, "w1", [4, 6])])]);
  g.output(g.node("MatMul", [hidden, weight(g, "w2", [6, 3])], {}, { outputs: ["y"] })[0]!, "float32", ["batch", 3]);
  return g.build();
}

let seed = 1;
export const initializer = (g: GraphBuilder, name: string, dims: number[]): string =>
  g.initializer(
    name,
    dims,
    values(
      dims.reduce((a, b) => a * b, 1),
      ++seed,
    ),
  );

export const constantNode = (g: GraphBuilder, name: string, dims: number[]): string =>
  g.node(
    "Constant",
    [],
    {
      value: makeTensor(
        name,
        dims,
        values(
          dims.reduce((a, b) => a * b, 1),
          ++seed,
        ),
      ),
    },
    { outputs: [name] },
  )[0]!;

export const bytes = (model: OnnxModel): Uint8Array => encodeModel(model);
