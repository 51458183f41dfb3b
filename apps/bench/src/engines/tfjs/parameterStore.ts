/** The parameters of a network as TensorFlow.js variables. */
import { IdinitError } from "@idinit/core";
import * as tf from "@tensorflow/tfjs";
import type { Architecture, Layer } from "../../architectures/architecture.js";
import { parameters } from "../../architectures/parameters.js";
import { type Held, heldLayout, inverse } from "./layout.js";

interface Entry {
  readonly variable: tf.Variable;
  readonly held: Held;
}

export interface ParameterStore {
  get(name: string): tf.Variable;
  /** What the optimizer updates: all but running statistics. */
  readonly trained: ReadonlyMap<string, tf.Variable>;
  /** Canonical values by canonical name. */
  read(): Promise<Map<string, Float32Array>>;
  dispose(): void;
}

/**
 * Copies the given values into variables.
 *
 * @throws IdinitError when a parameter is missing or has another number of values than the architecture needs.
 */
export function parameterStore(architecture: Architecture, weights: ReadonlyMap<string, Float32Array>): ParameterStore {
  const infos = parameters(architecture);
  for (const { name, shape } of infos) {
    const size = tf.util.sizeFromShape([...shape]);
    const got = weights.get(name)?.length;
    if (got !== size) {
      throw new IdinitError(
        `${architecture.name}: parameter "${name}" needs ${size} values [${shape}], got ${got ?? "none"}`,
      );
    }
  }
  const entries = new Map<string, Entry>();
  for (const { name, shape, kind } of infos) {
    const layer = ownerOf(name, architecture.layers);
    const held = heldLayout(layer, name.slice(layer.name.length + 1), shape);
    const trained = kind !== "mean" && kind !== "variance";
    const variable = tf.tidy(() => tf.variable(toHeld(weights.get(name)!, held), trained));
    entries.set(name, { variable, held });
  }
  return {
    get: (name) => entries.get(name)!.variable,
    trained: new Map(
      [...entries].flatMap(([name, { variable }]) => (variable.trainable ? [[name, variable] as const] : [])),
    ),
    async read() {
      // All in one go, before the first wait: another learner may make its own backend the current one meanwhile.
      const canonical = [...entries].map(([name, { variable, held }]) => [name, fromHeld(variable, held)] as const);
      const values = new Map<string, Float32Array>();
      for (const [name, tensor] of canonical) {
        values.set(name, Float32Array.from(await tensor.data<"float32">()));
        tensor.dispose();
      }
      return values;
    },
    dispose() {
      for (const { variable } of entries.values()) variable.dispose();
      entries.clear();
    },
  };
}

/** The layer with the longest name that the parameter's name begins with: "stem.norm.weight" is not of layer "stem". */
function ownerOf(parameter: string, layers: readonly Layer[]): Layer {
  const candidates = layers.filter(({ name }) => parameter.startsWith(`${name}.`));
  return candidates.reduce((best, layer) => (layer.name.length > best.name.length ? layer : best));
}

function toHeld(values: Float32Array, { canonical, axes }: Held): tf.Tensor {
  const tensor = tf.tensor(values.slice(), [...canonical]);
  return axes ? tf.transpose(tensor, [...axes]) : tensor;
}

/** A new tensor in canonical layout. */
function fromHeld(variable: tf.Variable, { axes }: Held): tf.Tensor {
  return axes ? tf.transpose(variable as tf.Tensor, inverse(axes)) : tf.clone(variable as tf.Tensor);
}
