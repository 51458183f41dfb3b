/** LSTM, GRU and RNN: packed weights are one layer, weights of two directions joined by Concat are two. */
import { getInt, getString, type OnnxNode } from "@idinit/onnx";
import type { EmitOptions, Handler, Lowering } from "./context.js";
import type { DataValue, Value, WeightValue } from "./values.js";
import { reshapeWeight } from "./view.js";

const GATES: Readonly<Record<string, number>> = { LSTM: 4, GRU: 3, RNN: 1 };

type Use = ReturnType<Lowering["use"]>;

/** A `[directions, gates * hidden, in]` weight seen as one matrix of stacked gates. */
function kernel(context: Lowering, weight: WeightValue, gates: number, directions: number): Use {
  const [d, rows, columns] = weight.axes.map(({ size }) => size);
  const flat = weight.axes.length === 3 ? reshapeWeight(weight, [d! * rows!, columns!]) : weight;
  return flat && context.use(flat, ["O", "I"], { parts: gates * directions });
}

const pieces = (value: Value | undefined): readonly WeightValue[] =>
  value?.kind === "weight" ? [value] : value?.kind === "joined" ? value.pieces : [];

interface Layer {
  readonly input: WeightValue;
  readonly hidden: WeightValue;
  readonly biases: readonly WeightValue[];
  readonly directions: number;
}

/** One layer for packed weights, one per direction for joined ones. */
function layers(w: Value, r: Value, b: Value | undefined, directions: number): readonly Layer[] | undefined {
  const [inputs, hiddens, biases] = [pieces(w), pieces(r), pieces(b)];
  if (inputs.length !== hiddens.length || inputs.length === 0) return undefined;
  const each = biases.length / inputs.length;
  return inputs.map((input, i) => ({
    input,
    hidden: hiddens[i]!,
    biases: biases.slice(i * each, (i + 1) * each),
    directions: directions / inputs.length,
  }));
}

export const recurrent: Handler = (context, node, inputs) => {
  const [x, w, r, b] = inputs;
  const gates = GATES[node.opType]!;
  const directions = getString(node, "direction", "forward") === "bidirectional" ? 2 : 1;
  const found = w && r ? layers(w, r, b, directions) : undefined;
  if (x?.kind !== "data" || !found) return context.opaque(node, inputs);
  const slots = found.map((layer) => slotsOf(context, layer, gates));
  if (slots.some((each) => each === undefined)) return context.opaque(node, inputs);
  const time = getInt(node, "layout", 0) === 1 ? 1 : 0;
  const hidden = getInt(node, "hidden_size");
  const shape = [x.shape?.[time], directions, x.shape?.[1 - time], hidden];
  const attributes = { kind: node.opType.toLowerCase() };
  if (slots.length === 1) {
    const channels = hidden === undefined ? undefined : [undefined, undefined, undefined, { stride: 1, size: hidden }];
    context.emit(node, "recurrent", [x.name], { slots: slots[0]!, attributes, shape, channels });
    return;
  }
  emitDirections(context, node, x, slots as NonNullable<EmitOptions["slots"]>[], attributes, shape);
};

function slotsOf(context: Lowering, layer: Layer, gates: number): EmitOptions["slots"] | undefined {
  const inputKernel = kernel(context, layer.input, gates, layer.directions);
  const recurrentKernel = kernel(context, layer.hidden, gates, layer.directions);
  if (!inputKernel || !recurrentKernel) return undefined;
  const [bias, recurrentBias] = layer.biases.map((piece) => context.vector(piece));
  return { inputKernel, recurrentKernel, ...(bias && { bias }), ...(recurrentBias && { recurrentBias }) };
}

/** Each of the node's outputs is the directions' outputs joined. */
function emitDirections(
  context: Lowering,
  node: OnnxNode,
  x: DataValue,
  slots: readonly NonNullable<EmitOptions["slots"]>[],
  attributes: { kind: string },
  shape: DataValue["shape"],
): void {
  const outputs = node.outputs.map((output) =>
    slots.map((_, i) => (output === "" ? "" : context.uniqueName(`${output}/${i}`))),
  );
  slots.forEach((each, i) => {
    context.emit(node, "recurrent", [x.name], { slots: each, attributes, outputs: outputs.map((names) => names[i]!) });
  });
  node.outputs.forEach((output, k) => {
    if (output !== "")
      context.emit(node, "concat", outputs[k]!, { outputs: [output], shape: k === 0 ? shape : undefined });
  });
}
