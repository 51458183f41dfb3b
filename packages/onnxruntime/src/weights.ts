/** Reading and writing weights, wherever a model keeps them. */
import { IdinitError } from "@idinit/core";
import {
  DataType,
  dtypeName,
  type ExternalData,
  elementCount,
  makeTensor,
  type OnnxModel,
  type OnnxNode,
  type Tensor,
  tensorBytes,
  tensorValues,
} from "@idinit/onnx";
import { constantTensor } from "./flatten.js";
import { type Translation, translate } from "./graph.js";
import { splitMerged } from "./patterns/merged.js";

/** The model with every tensor of the main graph inside. @throws OnnxError naming tensor and location of what is missing. */
export function inlineExternal(model: OnnxModel, externalData: ExternalData): OnnxModel {
  const inlined = (tensor: Tensor): Tensor => {
    if (!tensor.external) return tensor;
    const { external: _, ...rest } = tensor;
    return { ...rest, data: tensorBytes(tensor, externalData) };
  };
  return withTensors(model, inlined);
}

/** The model with each initializer and each Constant node's tensor replaced by what `change` makes of it. */
function withTensors(model: OnnxModel, change: (tensor: Tensor, name: string) => Tensor): OnnxModel {
  const { graph } = model;
  const node = (one: OnnxNode): OnnxNode => {
    const tensor = constantTensor(one);
    if (!tensor) return one;
    const value = change(tensor, one.outputs[0]!);
    if (value === tensor) return one;
    return {
      ...one,
      attributes: one.attributes.map((a) => (a.type === "tensor" && a.name === "value" ? { ...a, value } : a)),
    };
  };
  return {
    ...model,
    graph: { ...graph, nodes: graph.nodes.map(node), initializers: graph.initializers.map((t) => change(t, t.name)) },
  };
}

function tensorsOf(model: OnnxModel): Map<string, Tensor> {
  const tensors = new Map<string, Tensor>();
  withTensors(splitMerged(model), (tensor, name) => {
    tensors.set(name, tensor);
    return tensor;
  });
  return tensors;
}

/** Present values of every float32 parameter, copied. */
export function read(model: OnnxModel, { graph }: Translation = translate(model)): Map<string, Float32Array> {
  const tensors = tensorsOf(model);
  const floats = graph.parameters.filter(({ dtype = "float32" }) => dtype === "float32");
  return new Map(floats.map(({ name }) => [name, (tensorValues(tensors.get(name)!) as Float32Array).slice()]));
}

/**
 * The model with the given weights, all others as they are. Merged initializers of which one is written are split; a head that is
 * a copy of an embedding table follows it.
 *
 * @throws IdinitError before anything is made, for unknown names, types other than float32 and wrong lengths.
 */
export function write(
  model: OnnxModel,
  weights: ReadonlyMap<string, Float32Array>,
  { graph, copies }: Translation = translate(model),
): OnnxModel {
  const tensors = tensorsOf(model);
  const known = new Set(graph.parameters.map(({ name }) => name));
  for (const [name, values] of weights) {
    const tensor = tensors.get(name);
    if (!tensor || !known.has(name)) throw new IdinitError(`onnxruntime: the model has no parameter "${name}"`);
    if (tensor.dataType !== DataType.float) {
      throw new IdinitError(
        `onnxruntime: parameter "${name}" must be float32 to be written, got ${dtypeName(tensor.dataType)}`,
      );
    }
    const count = elementCount(tensor.dims);
    if (values.length !== count) {
      throw new IdinitError(
        `onnxruntime: parameter "${name}" of shape [${tensor.dims.join(", ")}] has ${count} elements, got ${values.length}`,
      );
    }
  }
  const all = new Map(weights);
  for (const { copy, table, transposed } of copies) {
    const values = weights.get(table);
    if (values) all.set(copy, transposed ? transposedValues(values, tensors.get(table)!.dims) : values);
  }
  return withTensors(splitMerged(model, new Set(all.keys())), (tensor, name) => {
    const values = all.get(name);
    return values ? { ...tensor, data: makeTensor(name, tensor.dims, values.slice()).data! } : tensor;
  });
}

function transposedValues(values: Float32Array, [rows = 0, columns = 0]: readonly number[]): Float32Array {
  const out = new Float32Array(values.length);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) out[c * rows + r] = values[r * columns + c]!;
  return out;
}
