/** An architecture as an ONNX model. */
import { IdinitError } from "@idinit/core";
import { encodeModel, GraphBuilder } from "@idinit/onnx";
import type { Architecture, InputSpec } from "../architecture.js";
import { parameters } from "../parameters.js";
import { inputShape, shapes } from "../shapes.js";
import { startingParameters } from "../startingParameters.js";
import { validate } from "../validate.js";
import { emitter } from "./emitter.js";
import { emitLayer } from "./layers.js";

export interface ToOnnxOptions {
  /** Values of every parameter by canonical name. Default: {@link startingParameters}. */
  readonly weights?: ReadonlyMap<string, Float32Array>;
  /** Size of the batch axis, or a name for it if it is to stay open. Default `"batch"`. */
  readonly batch?: number | string;
  /**
   * Whether batch norm uses the batch's statistics (`training_mode` 1) and makes updated running ones. Default true: the
   * form that a trainer takes. To run the model itself use false: onnxruntime's optimizer folds norms into constant convs
   * in either mode.
   */
  readonly training?: boolean;
  /** Layers whose values are outputs too, after the logits. */
  readonly watch?: readonly string[];
}

/**
 * Writes a model in opset 17 with the input `"input"` (float32, or int32 token ids), the output named like the
 * architecture's, and one initializer for each parameter under its canonical name and layout.
 *
 * Dense layers are Gemm with transB = 1, attention and GELU are written out as PyTorch's exporter does, constants are
 * Constant nodes.
 *
 * @returns the bytes of an ONNX model.
 * @throws IdinitError when the architecture is not valid, or a weight is missing, unknown or of the wrong length.
 *
 * @example const bytes = toOnnx(mlp({ features: 4, hidden: 8, classes: 3 }), { batch: 16 });
 */
export function toOnnx(architecture: Architecture, options: ToOnnxOptions = {}): Uint8Array {
  validate(architecture);
  const { weights = startingParameters(architecture, 0), batch = "batch", training = true, watch = [] } = options;
  const graph = new GraphBuilder({ opset: 17, irVersion: 8, name: architecture.name });
  graph.input("input", inputType(architecture.input), [batch, ...inputShape(architecture.input)]);
  addParameters(graph, architecture, weights);
  const known = shapes(architecture);
  const emit = emitter(graph);
  for (const layer of architecture.layers) emitLayer(layer, { emit, shape: known.get(layer.inputs[0]!)!, training });
  for (const name of new Set([architecture.output, ...watch])) {
    const shape = known.get(name);
    if (!shape || name === "input")
      throw new IdinitError(`${architecture.name}: cannot watch "${name}": no such layer`);
    graph.output(name, "float32", [batch, ...shape]);
  }
  return encodeModel(graph.build());
}

/** Element type of the input. */
export function inputType(input: InputSpec): "float32" | "int32" {
  return input.kind === "tokens" ? "int32" : "float32";
}

function addParameters(
  graph: GraphBuilder,
  architecture: Architecture,
  weights: ReadonlyMap<string, Float32Array>,
): void {
  const list = parameters(architecture);
  const unknown = [...weights.keys()].find((name) => !list.some((info) => info.name === name));
  if (unknown !== undefined) throw new IdinitError(`${architecture.name}: no parameter is called "${unknown}"`);
  for (const { name, shape } of list) {
    const values = weights.get(name);
    const expected = shape.reduce((product, size) => product * size, 1);
    if (values?.length !== expected) {
      const came = values ? `${values.length} values` : "none";
      throw new IdinitError(
        `${architecture.name}: parameter "${name}" [${shape.join(", ")}] needs ${expected} values, got ${came}`,
      );
    }
    graph.initializer(name, shape, values);
  }
}
