/** Translates a brain.js network into the neutral graph. */
import { IdinitError } from "@idinit/core";
import type { Graph, GraphNode } from "@idinit/core/graph";
import { layeredGraph } from "./layered.js";
import { type BrainNet, type Matrix, type RecurrentNet, recognise } from "./net.js";
import { ACTIVATIONS, CELLS } from "./ops.js";
import { type Dense, knownSizes } from "./sizes.js";
import { tensors } from "./weights.js";

/**
 * The neutral graph of a network; the network is not changed. A dense net needs its sizes, the others their weights (`net.initialize()`).
 *
 * @throws IdinitError where they are missing, and for cells of the user's own making.
 */
export function toGraph(net: BrainNet): Graph {
  const known = recognise(net);
  if (known.kind === "dense") return denseGraph(known);
  const all = tensors(known);
  const parameters = [...all].map(([name, { shape }]) => ({ name, shape }));
  return known.kind === "layered" ? layeredGraph(known.net, parameters) : { ...recurrentGraph(known.net), parameters };
}

function denseGraph(known: Dense): Graph {
  const { net } = known;
  const sizes = knownSizes(known);
  if (sizes.length < 2) {
    throw new IdinitError(
      "brain: the network's sizes are not known before training: construct it with inputSize, hiddenLayers and outputSize",
    );
  }
  const kind = ACTIVATIONS[net.trainOpts.activation];
  if (kind === undefined) throw new IdinitError(`brain: unknown activation "${net.trainOpts.activation}"`);
  const layers = sizes.slice(1).map((outputs, i) => ({ outputs, inputs: sizes[i] as number, name: `layer${i + 1}` }));
  const nodes = layers.flatMap(({ name }, i): GraphNode[] => [
    {
      name,
      op: "dense",
      inputs: [i === 0 ? "input" : `layer${i}.${net.trainOpts.activation}`],
      outputs: [name],
      slots: {
        kernel: { parameter: `${name}.weight`, layout: "OI" },
        bias: { parameter: `${name}.bias`, layout: "O" },
      },
    },
    {
      name: `${name}.${net.trainOpts.activation}`,
      op: "activation",
      inputs: [name],
      outputs: [`${name}.${net.trainOpts.activation}`],
      attributes: { kind },
    },
  ]);
  const parameters = layers.flatMap(({ name, outputs, inputs }) => [
    { name: `${name}.weight`, shape: [outputs, inputs] },
    { name: `${name}.bias`, shape: [outputs] },
  ]);
  return { inputs: ["input"], outputs: [`layer${layers.length}.${net.trainOpts.activation}`], nodes, parameters };
}

function recurrentGraph({ model }: RecurrentNet): Omit<Graph, "parameters"> {
  const nodes: GraphNode[] = [];
  let value = "input";
  const add = (name: string, node: Omit<GraphNode, "name" | "outputs">): string => {
    nodes.push({ name, outputs: [name], ...node });
    return name;
  };
  if (model.input !== undefined) {
    // One row per token, so the table maps a one-hot vector of tokens (in) to a row (out).
    value = add("embedding", {
      op: "embedding",
      inputs: [value],
      slots: { table: { parameter: "input", layout: "IO" } },
    });
  }
  model.hiddenLayers.forEach((layer, i) => {
    value = hidden(layer, `hidden${i}`, value, add);
  });
  value = add("outputConnector", {
    op: "dense",
    inputs: [value],
    slots: {
      kernel: { parameter: "outputConnector", layout: "OI" },
      bias: { parameter: "output", layout: "O", shape: [model.output.rows] },
    },
  });
  if (model.input !== undefined) value = add("softmax", { op: "softmax", inputs: [value], attributes: { axis: -1 } });
  return { inputs: ["input"], outputs: [value], nodes };
}

/** One hidden layer: a recurrent node per gate; the gates are then multiplied, as they are in the cell. */
function hidden(
  layer: Readonly<Record<string, Matrix>>,
  name: string,
  input: string,
  add: (name: string, node: Omit<GraphNode, "name" | "outputs">) => string,
): string {
  const cell = CELLS.find(({ gates }) =>
    gates.every((gate) => [gate.input, gate.recurrent, gate.bias].every((part) => part in layer)),
  );
  if (cell === undefined) {
    throw new IdinitError(
      `brain: ${name} is no known cell; expected the arrays of an RNN, LSTM or GRU, got ${Object.keys(layer).join(", ")}`,
    );
  }
  const gates = cell.gates.map((gate) =>
    add(`${name}.${gate.name}`, {
      op: "recurrent",
      inputs: [input],
      slots: {
        inputKernel: { parameter: `${name}.${gate.input}`, layout: "OI" },
        recurrentKernel: { parameter: `${name}.${gate.recurrent}`, layout: "OI" },
        bias: { parameter: `${name}.${gate.bias}`, layout: "O", shape: [layer[gate.bias]?.rows ?? 0] },
      },
      attributes: { kind: cell.kind },
    }),
  );
  const [first = input, ...rest] = gates;
  const product = rest.reduce(
    (value, gate, i) => add(`${name}.gate${i + 1}`, { op: "mul", inputs: [value, gate] }),
    first,
  );
  if (cell.activation === undefined) return product;
  return add(`${name}.${cell.activation}`, {
    op: "activation",
    inputs: [product],
    attributes: { kind: cell.activation },
  });
}
