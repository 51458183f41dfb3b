/** Products of a finished training graph in float16. */
import { DataType, getInt, intAttribute, type OnnxGraph, type OnnxNode } from "@idinit/onnx";
import type { Dim } from "../shapes/dims.js";
import type { Facts } from "../shapes/facts.js";

/** How many terms each sum of a product has at most, by the shapes of its first two inputs. */
const TERMS: Readonly<Record<string, (node: OnnxNode, a: readonly Dim[], b: readonly Dim[]) => readonly Dim[]>> = {
  Conv: (_node, _x, w) => w.slice(1),
  ConvTranspose: (_node, _x, w) => [w[0]!, ...w.slice(2)],
  Gemm: (node, a) => [a[getInt(node, "transA", 0) === 1 ? 0 : 1]!],
  MatMul: (_node, a) => a.slice(-1),
};

/** Float16 has 11 bits, and kernels on GPUs add up in it: in longer sums a term can be less than the last bit of the sum. */
const MOST_TERMS = 2 ** 11;

/** Operators that move values and change none. */
const MOVES = new Set(["Flatten", "Identity", "Reshape", "Slice", "Split", "Squeeze", "Transpose", "Unsqueeze"]);

/**
 * The same graph with its convolutions and matrix products in float16, as far as their sums are known to be short: inputs are
 * cast, one cast a value however many products read it, and results are cast back where something else reads them.
 *
 * @param factsOf Type and shape of a value of the graph.
 * @returns The graph, some of whose casts nothing may read, and what is known of its values.
 */
export function halveProducts(
  graph: OnnxGraph,
  factsOf: (value: string) => Facts,
): { readonly graph: OnnxGraph; readonly factsOf: (value: string) => Facts } {
  const nodes: OnnxNode[] = [];
  /** Names in float16 by name in float32. */
  const halves = new Map<string, string>();
  /** Values that were float16 first. */
  const native = new Set<string>();
  const facts = new Map<string, Facts>();

  const cast = (from: string, name: string, to: number) =>
    nodes.push({
      name: `mixed/Cast_${nodes.length}`,
      opType: "Cast",
      domain: "",
      inputs: [from],
      outputs: [name],
      attributes: [intAttribute("to", to)],
    });
  const named = (value: string) => {
    const half = `mixed/${value}`;
    halves.set(value, half);
    facts.set(half, { ...factsOf(value), type: DataType.float16 });
    return half;
  };
  const halved = (value: string) => {
    const known = halves.get(value);
    if (known !== undefined || value === "") return known ?? value;
    const half = named(value);
    cast(value, half, DataType.float16);
    return half;
  };
  const isShort = (node: OnnxNode) => {
    const [a, b] = node.inputs.slice(0, 2).map(factsOf);
    if (a!.type !== DataType.float || !a!.dims || !b!.dims) return false;
    // For WebGPU transposed convolutions of volumes are rewritten with constants in float32.
    if (node.opType === "ConvTranspose" && b!.dims.length > 4) return false;
    const sizes = TERMS[node.opType]!(node, a!.dims, b!.dims);
    return sizes.every((size) => typeof size === "number") && sizes.reduce((x, y) => x * y, 1) <= MOST_TERMS;
  };
  const add = (node: OnnxNode, inputs: readonly string[]) => {
    nodes.push({ ...node, inputs: [...inputs], outputs: node.outputs.map((value) => value && named(value)) });
    for (const value of node.outputs.filter((name) => name !== "")) {
      native.add(value);
      cast(halves.get(value)!, value, DataType.float);
    }
  };

  for (const node of graph.nodes) {
    const standard = node.domain === "";
    if (standard && Object.hasOwn(TERMS, node.opType) && isShort(node)) add(node, node.inputs.map(halved));
    else if (standard && MOVES.has(node.opType) && native.has(node.inputs[0]!))
      add(node, [halves.get(node.inputs[0]!)!, ...node.inputs.slice(1)]);
    else nodes.push(node);
  }
  return { graph: { ...graph, nodes }, factsOf: (value) => facts.get(value) ?? factsOf(value) };
}
