/** The op table: brain.js's activations, layers and gates in neutral operations. */
import type { Activation } from "@idinit/core";
import type { GraphNode, Op } from "@idinit/core/graph";

/** `activation` of `NeuralNetwork` and `NeuralNetworkGPU`; applied after every layer, the last one too. */
export const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  sigmoid: "sigmoid",
  relu: "relu",
  "leaky-relu": "leakyRelu",
  tanh: "tanh",
};

/** Layers of `FeedForward` that read one value and hold no weights, by class name. */
export const LAYERS: Readonly<Record<string, { op: Op; attributes?: NonNullable<GraphNode["attributes"]> }>> = {
  Sigmoid: { op: "activation", attributes: { kind: "sigmoid" } },
  Relu: { op: "activation", attributes: { kind: "relu" } },
  LeakyRelu: { op: "activation", attributes: { kind: "leakyRelu" } },
  Tanh: { op: "activation", attributes: { kind: "tanh" } },
  SoftMax: { op: "softmax", attributes: { axis: -1 } },
  Target: { op: "move" },
  Transpose: { op: "move" },
  Negative: { op: "move" },
  Dropout: { op: "move" },
};

/** The three arrays of one gate, by brain.js's names. */
export interface Gate {
  /** What the gate is for: `forget`, `resetGate`. */
  readonly name: string;
  readonly input: string;
  readonly recurrent: string;
  readonly bias: string;
}

/** One hidden layer of `recurrent.*`. */
export interface Cell {
  readonly kind: "rnn" | "lstm" | "gru";
  /** One weight per gate, each `[hidden, in]`. */
  readonly gates: readonly Gate[];
  /** The non-linearity on the cell's state, where it is not the tanh that every such cell has. */
  readonly activation?: Activation;
}

/** Hidden layers of `recurrent.*`. */
export const CELLS: readonly Cell[] = [
  {
    kind: "rnn",
    activation: "relu",
    gates: [{ name: "cell", input: "weight", recurrent: "transition", bias: "bias" }],
  },
  {
    kind: "lstm",
    gates: ["input", "forget", "output", "cellActivation"].map((gate) => gateOf(gate, "Matrix", "Hidden")),
  },
  {
    kind: "gru",
    gates: ["updateGate", "resetGate", "cellWrite"].map((gate) => gateOf(gate, "InputMatrix", "HiddenMatrix")),
  },
];

function gateOf(gate: string, input: string, hidden: string): Gate {
  return { name: gate, input: gate + input, recurrent: gate + hidden, bias: `${gate}Bias` };
}
