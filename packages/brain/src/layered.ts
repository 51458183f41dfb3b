/** Translates the layer list of a `FeedForward` net, where weights are layers and a dense layer is a product and a sum. */
import { type Graph, type GraphNode, IdinitError, type Parameter } from "@idinit/core";
import type { LayeredNet, LayerNode } from "./net.js";
import { LAYERS } from "./ops.js";
import { layerNames } from "./weights.js";

/** The neutral graph of a built `FeedForward` net. */
export function layeredGraph(net: LayeredNet, parameters: readonly Parameter[]): Graph {
  const layers = net.layers ?? [];
  const names = layerNames(layers, net._model ?? []);
  const inputs: string[] = [];
  const nodes: GraphNode[] = [];
  const values = new Map<LayerNode, string>();
  layers.forEach((layer, i) => {
    if (names.has(layer)) return;
    const name = `${layer.constructor.name.toLowerCase()}${i}`;
    values.set(layer, name);
    const reads = [layer.inputLayer, layer.inputLayer1, layer.inputLayer2].filter((each) => each !== undefined);
    if (reads.length === 0) inputs.push(name);
    else nodes.push(node(layer, name, reads));
  });
  const output = layers.at(-1);
  return { inputs, outputs: output === undefined ? [] : [valueMadeBy(output)], nodes: withBiases(nodes), parameters };

  function valueMadeBy(layer: LayerNode): string {
    const value = values.get(layer);
    if (value === undefined)
      throw new IdinitError(
        `brain: layer ${layers.indexOf(layer)} (${layer.constructor.name}) is read before it is made`,
      );
    return value;
  }

  function node(layer: LayerNode, name: string, reads: readonly LayerNode[]): GraphNode {
    const type = layer.constructor.name;
    if ("filters" in layer)
      throw new IdinitError(`brain: ${name} is a ${type}, whose filters brain.js does not train; it is not supported`);
    const known = LAYERS[type];
    const weights = reads.filter((each) => names.has(each));
    const read = reads.filter((each) => !names.has(each)).map(valueMadeBy);
    const made = { name, inputs: read, outputs: [name] };
    if (weights.length === 0) {
      const merge = { Add: "add", MultiplyElement: "mul", Multiply: "matmul" } as const;
      if (type in merge) return { ...made, op: merge[type as keyof typeof merge] };
      if (known !== undefined) return { ...made, ...known };
    }
    const [weight] = weights;
    if (weight !== undefined && weights.length === 1) {
      const parameter = names.get(weight) as string;
      const vector = { parameter, layout: "O" as const, shape: [weight.height * weight.width] };
      if (type === "Multiply" && layer.inputLayer1 === weight)
        return { ...made, op: "dense", slots: { kernel: { parameter, layout: "OI" } } };
      if (type === "Add") return { ...made, op: "shift", slots: { shift: vector } };
      if (type === "MultiplyElement") return { ...made, op: "scale", slots: { gate: vector } };
    }
    return { ...made, op: "opaque", attributes: { opType: type } };
  }
}

/** Joins a product and the constant added to it into one dense node, where nothing else reads the product. */
function withBiases(nodes: readonly GraphNode[]): GraphNode[] {
  const readers = (value: string): number => nodes.filter((node) => node.inputs.includes(value)).length;
  const joined = new Set<GraphNode>();
  const result = nodes.map((node) => {
    const bias = node.slots?.shift;
    const product =
      bias === undefined ? undefined : nodes.find((each) => each.op === "dense" && each.outputs[0] === node.inputs[0]);
    if (bias === undefined || product === undefined || readers(product.name) !== 1) return node;
    joined.add(product);
    return { ...node, op: "dense" as const, inputs: product.inputs, slots: { ...product.slots, bias } };
  });
  return result.filter((node) => !joined.has(node));
}
