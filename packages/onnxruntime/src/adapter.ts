/** The adapter: ONNX models with all tensors inside, as core's contract wants them. */
import type { Adapter } from "@idinit/core/graph";
import type { OnnxModel } from "@idinit/onnx";
import { toGraph } from "./graph.js";
import { read, write } from "./weights.js";

/** Decoded models in, new models out; the model given is never changed. */
export const onnxAdapter: Adapter<OnnxModel> = {
  name: "onnxruntime",
  toGraph,
  read: (model) => read(model),
  write: (model, weights) => write(model, weights),
};
