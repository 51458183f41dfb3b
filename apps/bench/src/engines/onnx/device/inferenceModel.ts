/** A model whose weights are fed. */
import { DataType, decodeModel, encodeModel } from "@idinit/onnx";
import type { StateTensor } from "@idinit/onnx-train";

/** The same model in which parameters and running statistics are inputs instead of stored tensors. */
export function inferenceModel(bytes: Uint8Array, state: readonly StateTensor[]): Uint8Array {
  const model = decodeModel(bytes);
  const fed = state.filter(({ kind }) => kind !== "slot");
  const names = new Set(fed.map(({ input }) => input));
  const { graph } = model;
  return encodeModel({
    ...model,
    graph: {
      ...graph,
      initializers: graph.initializers.filter(({ name }) => !names.has(name)),
      inputs: [
        ...graph.inputs,
        ...fed.map(({ input, dims }) => ({ name: input, elemType: DataType.float, shape: [...dims] })),
      ],
    },
  });
}
