/** What the layer emitters write into. */
import { type AttributeInput, type GraphBuilder, makeTensor } from "@idinit/onnx";

/** Appends nodes and constants to one ONNX graph. */
export interface Emitter {
  /** Appends a node and returns its output; `extra` names further outputs. */
  node(
    opType: string,
    inputs: readonly string[],
    output: string,
    attributes?: AttributeInput,
    extra?: readonly string[],
  ): string;
  /** Constants: an int64 vector, an int32 scalar, a float32 scalar. Equal ones share one node. */
  int64(values: readonly number[]): string;
  int32(value: number): string;
  float(value: number): string;
  /** What `make` returned when this was first called under `key`: for values that several layers share. */
  once(key: string, make: () => string): string;
}

/**
 * An emitter into a graph builder.
 *
 * Constants become Constant nodes, as exporters write them, and not initializers: those are weights.
 */
export function emitter(graph: GraphBuilder): Emitter {
  const made = new Map<string, string>();
  const once = (key: string, make: () => string): string => {
    let name = made.get(key);
    if (name === undefined) made.set(key, (name = make()));
    return name;
  };
  const node: Emitter["node"] = (opType, inputs, output, attributes = {}, extra = []) => {
    graph.node(opType, inputs, attributes, { name: output, outputs: [output, ...extra] });
    return output;
  };
  const constant = (dims: readonly number[], values: BigInt64Array | Int32Array | Float32Array): string => {
    const name = `constant/${values.constructor.name}/${values.join(",")}`;
    return once(name, () => node("Constant", [], name, { value: makeTensor("", dims, values) }));
  };
  return {
    node,
    once,
    int64: (values) => constant([values.length], BigInt64Array.from(values, BigInt)),
    int32: (value) => constant([], Int32Array.of(value)),
    float: (value) => constant([], Float32Array.of(value)),
  };
}
