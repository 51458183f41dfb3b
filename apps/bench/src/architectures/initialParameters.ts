/** Initial weights of an architecture, made the way a user would make them. */
import { resolveScheme, type Scheme, type SchemeName } from "@idinit/core";
import { missingRequirements } from "@idinit/core/graph";
import { decodeModel, tensorValues } from "@idinit/onnx";
import { type InitializeOptions, initialize, onnxAdapter } from "@idinit/onnxruntime";
import type { Architecture } from "./architecture.js";
import { toOnnx } from "./onnx/toOnnx.js";
import { startingParameters } from "./startingParameters.js";

/**
 * Every parameter by canonical name, in canonical layout: the architecture written as an ONNX model and initialized by
 * `initialize` of @idinit/onnxruntime. What a scheme leaves alone keeps its value of {@link startingParameters}.
 *
 * @param scheme a scheme or its name: `"idinit"`, `"kaiming"`, ...
 * @param seed an integer in [0, 2^53); the same seed gives the same bits
 * @throws IdinitError for an unknown scheme, or a model whose roles cannot be told.
 *
 * @example initialParameters(resnet({ depth: 20, classes: 10, input }), "idinit", 0).get("fc.weight") // Float32Array(640)
 */
export function initialParameters(
  architecture: Architecture,
  scheme: NonNullable<InitializeOptions["scheme"]>,
  seed: number,
): Map<string, Float32Array> {
  const model = toOnnx(architecture, { weights: startingParameters(architecture, seed) });
  const { initializers } = decodeModel(initialize(model, { scheme, seed })).graph;
  // Copies: the tensors are views on the model's bytes.
  return new Map(initializers.map((tensor) => [tensor.name, Float32Array.from(tensorValues(tensor) as Float32Array)]));
}

/** What the architecture lacks of what a scheme needs, such as residual branches, or `undefined`. */
export function lackOf(architecture: Architecture, scheme: Scheme | SchemeName): string | undefined {
  if (resolveScheme(scheme).requires === undefined) return undefined;
  const missing = missingRequirements(onnxAdapter.toGraph(decodeModel(toOnnx(architecture))), { scheme });
  return missing.length === 0 ? undefined : missing.map(({ message }) => message).join("; ");
}
