/** Translates the layers of `FeedForward` and `Recurrent`, where weights are layers and a dense layer is a product and a sum. */
import { IdinitError } from "@idinit/core";
import type { Graph, GraphNode, Parameter } from "@idinit/core/graph";
import { checkGradients } from "./gradients.js";
import { joinSums } from "./joinSums.js";
import { layerNames } from "./names.js";
import type { LayeredNet, LayerNode } from "./net.js";
import { LAYERS } from "./ops.js";

const MERGES = { Add: "add", MultiplyElement: "mul", Multiply: "matmul" } as const;

/** The neutral graph of a built net; that of one time step for `Recurrent`. */
export function layeredGraph(net: LayeredNet, parameters: readonly Parameter[]): Graph {
  const layers = net.layers ?? [];
  const names = layerNames(net);
  const inputs: string[] = [];
  const nodes: GraphNode[] = [];
  const values = new Map<LayerNode, string>();
  const states = new Set<LayerNode>();
  layers.forEach((layer, i) => {
    if (names.has(layer)) return;
    const name = `${layer.constructor.name.toLowerCase()}${i}`;
    values.set(layer, name);
    const reads = [layer.inputLayer, layer.inputLayer1, layer.inputLayer2].filter((each) => each !== undefined);
    if (layer.constructor.name === "RecurrentZeros") states.add(layer);
    else if (reads.length === 0) inputs.push(name);
    else nodes.push(node(layer, name, reads));
  });
  checkGradients(layers, (layer) => names.get(layer) ?? (values.get(layer) as string));
  const output = layers.at(-1);
  return { inputs, outputs: output === undefined ? [] : [valueMadeBy(output)], nodes: joinSums(nodes), parameters };

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
    const [weight, ...others] = reads.filter((each) => names.has(each));
    const data = reads.filter((each) => !names.has(each) && !states.has(each));
    const made = { name, inputs: data.map(valueMadeBy), outputs: [name] };
    if (weight !== undefined && others.length === 0) {
      const parameter = names.get(weight) as string;
      const vector = { parameter, layout: "O" as const, shape: [weight.height * weight.width] };
      const matrix = { parameter, layout: "OI" as const };
      if (type === "Multiply" && layer.inputLayer1 === weight) {
        return data.length === 0
          ? {
              ...made,
              op: "recurrent",
              slots: { recurrentKernel: matrix },
              attributes: { kind: isGate(layer, layers) ? "lstm" : "rnn" },
            }
          : { ...made, op: "dense", slots: { kernel: matrix } };
      }
      if (type === "Add") return { ...made, op: "shift", slots: { shift: vector } };
      if (type === "MultiplyElement") return { ...made, op: "scale", slots: { gate: vector } };
    } else if (weight === undefined) {
      // Multiplied by the state before: a gate, whose other side is no value of this step.
      if (type in MERGES && data.length === 1) return { ...made, op: "move" };
      if (type in MERGES) return { ...made, op: MERGES[type as keyof typeof MERGES] };
      const known = LAYERS[type];
      if (known !== undefined) return { ...made, ...known };
    }
    return { ...made, op: "opaque", attributes: { opType: type } };
  }
}

/** Whether what a layer makes is multiplied by another value, behind its sums and its non-linearity. */
function isGate(layer: LayerNode, layers: readonly LayerNode[]): boolean {
  return layers
    .filter(({ inputLayer, inputLayer1, inputLayer2 }) => [inputLayer, inputLayer1, inputLayer2].includes(layer))
    .some((reader) => {
      const type = reader.constructor.name;
      return type === "MultiplyElement" || ((type === "Add" || type in LAYERS) && isGate(reader, layers));
    });
}
