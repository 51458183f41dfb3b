/** LSUV: weights scaled by what a batch of data makes of them. */
import { IdinitError } from "@idinit/core";
import { type LsuvOptions as GraphOptions, type LsuvLayer, lsuv as lsuvGraph } from "@idinit/core/graph";
import { DataType, encodeModel, type OnnxModel } from "@idinit/onnx";
import { constantTensor } from "./flatten.js";
import type { Translation } from "./graph.js";
import { type ModelOptions, type OpenModel, openModel } from "./open.js";
import type { Ort, OrtSession, OrtTensor } from "./ort.js";
import { write } from "./weights.js";

/** Options of {@link lsuv}. */
export interface LsuvOptions extends Omit<GraphOptions, "forward" | "present">, ModelOptions {
  /** The module `onnxruntime-node` or `onnxruntime-web`. */
  readonly ort: Ort;
  /** One batch: a tensor for each of the model's inputs, by name. Some hundred examples are enough. */
  readonly batch: Readonly<Record<string, OrtTensor>>;
  /** Settings of onnxruntime's session, such as `executionProviders`. Default: none but that nothing is optimized. */
  readonly sessionOptions?: object;
}

/** Made by {@link lsuv}. */
export interface LsuvResult {
  /** The new model. */
  readonly bytes: Uint8Array;
  /** What became of each dense and convolution kernel, in forward order. */
  readonly layers: readonly LsuvLayer[];
}

/**
 * Orthonormal weights, biases 0, then layer by layer in forward order: run the batch and divide the kernel by the standard deviation of what it makes,
 * until that is 1 within the tolerance. See `lsuv` of @idinit/core/graph for the formula.
 *
 * All runs are of one session on stock onnxruntime, to which the kernels are fed and which gives any layer's output.
 *
 * @param bytes The model. It is not changed. Where it draws random numbers (dropout of a training export) no two runs are alike, and a layer may
 *   need more corrections.
 * @throws IdinitError as `initialize` does, for a missing or unknown input, for a layer whose output has no variance, and for one inside
 *   a function or branch of the model: its output cannot be had.
 * @example const { bytes, layers } = await lsuv(model, { ort, batch: { x: new ort.Tensor("float32", images, [64, 3, 32, 32]) } });
 */
export async function lsuv(bytes: Uint8Array, options: LsuvOptions): Promise<LsuvResult> {
  const { ort, batch, sessionOptions } = options;
  const open = openModel(bytes, options);
  const { model, translation, present } = open;
  checkBatch(translation, batch);
  let session: OrtSession | undefined;
  try {
    const { weights, layers } = await lsuvGraph(translation.graph, {
      ...options,
      present,
      forward: async (made, { node }) => {
        const value = translation.graph.nodes.find(({ name }) => name === node)!.outputs[0]!;
        session ??= await ort.InferenceSession.create(encodeModel(probe(open, made)), {
          // Nothing may be computed ahead from weights, and nothing fused that is asked for.
          graphOptimizationLevel: "disabled",
          logSeverityLevel: 3,
          ...sessionOptions,
        });
        const results = await session.run({ ...batch, ...feeds(ort, translation, made) }, [value]);
        return results[value]!.data as Float32Array;
      },
    });
    return { bytes: encodeModel(write(model, weights, translation)), layers };
  } finally {
    await session?.release();
  }
}

function checkBatch({ graph }: Translation, batch: LsuvOptions["batch"]): void {
  const missing = graph.inputs.find((name) => batch[name] === undefined);
  const unknown = Object.keys(batch).find((name) => !graph.inputs.includes(name));
  if (missing === undefined && unknown === undefined) return;
  throw new IdinitError(
    `lsuv: batch needs a tensor for each input of the model (${graph.inputs.join(", ")}), got ` +
      (missing === undefined ? `one for "${unknown}"` : `none for "${missing}"`),
  );
}

/** The model with its kernels as inputs and their layers' outputs as outputs. */
function probe({ model, translation }: OpenModel, weights: ReadonlyMap<string, Float32Array>): OnnxModel {
  const written = write(model, weights, translation);
  const { graph } = written;
  const kernels = kernelsOf(translation, weights);
  const isKernel = (name: string | undefined) => kernels.some(({ parameter }) => parameter === name);
  const constants = graph.nodes.flatMap((node) => {
    const tensor = isKernel(node.outputs[0]) ? constantTensor(node) : undefined;
    return tensor ? [{ node, tensor: { ...tensor, name: node.outputs[0]! } }] : [];
  });
  // No defaults: onnxruntime's JavaScript does not feed an input that has one.
  const initializers = graph.initializers.filter(({ name }) => !isKernel(name));
  const inputs = [...graph.initializers, ...constants.map(({ tensor }) => tensor)]
    .filter(({ name }) => isKernel(name) && !graph.inputs.some((input) => input.name === name))
    .map(({ name, dims }) => ({ name, elemType: DataType.float, shape: [...dims] }));
  const made = new Set(graph.nodes.flatMap(({ outputs }) => outputs));
  for (const { parameter, value } of kernels) {
    if (made.has(value)) continue;
    throw new IdinitError(
      `lsuv: the layer of "${parameter}" is inside a function or a branch of the model, where its output cannot be had; expected it in the ` +
        `main graph, or initializers: { "${parameter}": "leave" }`,
    );
  }
  const outputs = [...new Set(kernels.map(({ value }) => value))];
  return {
    ...written,
    graph: {
      ...graph,
      nodes: graph.nodes.filter((node) => !constants.some((constant) => constant.node === node)),
      initializers,
      inputs: [...graph.inputs, ...inputs],
      outputs: outputs.map((name) => ({ name, elemType: DataType.float })),
    },
  };
}

function feeds(ort: Ort, translation: Translation, weights: ReadonlyMap<string, Float32Array>) {
  const shapes = new Map(translation.graph.parameters.map(({ name, shape }) => [name, shape]));
  return Object.fromEntries(
    kernelsOf(translation, weights).map(({ parameter }) => [
      parameter,
      new ort.Tensor("float32", weights.get(parameter)!, shapes.get(parameter)!),
    ]),
  );
}

/** The kernels that are made, each with the value that its node makes. A tied head's is its embedding's and is not scaled. */
function kernelsOf({ graph }: Translation, weights: ReadonlyMap<string, Float32Array>) {
  const tables = new Set(graph.nodes.flatMap(({ slots }) => slots?.table?.parameter ?? []));
  return graph.nodes.flatMap(({ slots, outputs }) => {
    const parameter = slots?.kernel?.parameter;
    return parameter !== undefined && weights.has(parameter) && !tables.has(parameter)
      ? [{ parameter, value: outputs[0]! }]
      : [];
  });
}
