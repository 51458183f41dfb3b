/** Unrolling of recurrent operators over a known sequence length: what LSTM, GRU and RNN have in common. */
import { getAttribute, getFloat, getInt, getString, nodeLabel, type OnnxNode } from "@idinit/onnx";
import { range, reshapeTo } from "../compose.js";
import { OnnxTrainError } from "../errors.js";
import type { TrainingGraph } from "../training-graph.js";
import type { Decomposition, DecompositionCall } from "./decomposition.js";

/** Weights of one direction, without the axis of directions. */
export interface CellWeights {
  /** `[gates x hidden, hidden]`. */
  readonly recurrent: string;
  /** `[gates x hidden]` each, absent where the node has no biases. */
  readonly inputBias: string | undefined;
  readonly recurrentBias: string | undefined;
}

export interface Cell {
  readonly gates: number;
  /** Number of state vectors, h first; those after it are given by inputs from `5 + 1` on. */
  readonly states: 1 | 2;
  /** The bias that goes to the product of the inputs with their weights, made once for the whole sequence. */
  bias(g: TrainingGraph, weights: CellWeights): string | undefined;
  /** The next state from `x`, `[batch, gates x hidden]`, and the state, `[batch, hidden]` each. */
  step(g: TrainingGraph, x: string, state: readonly string[], weights: CellWeights): string[];
}

interface Sizes {
  readonly length: number;
  readonly hidden: number;
  readonly directions: number;
}

const FUNCTIONS = new Set(["Tanh", "Sigmoid", "Relu", "Softplus", "Softsign"]);

/** Names of the activation functions, one list a direction. @throws OnnxTrainError for functions with parameters. */
export function activationsOf(node: OnnxNode, defaults: readonly string[], directions: number): string[][] {
  const attribute = getAttribute(node, "activations");
  const listed = attribute?.type === "strings" ? attribute.value.map((bytes) => String.fromCharCode(...bytes)) : [];
  const names = listed.length > 0 ? listed : range(directions).flatMap(() => defaults);
  const operators = names.map((name) => [...FUNCTIONS].find((op) => op.toLowerCase() === name.toLowerCase()));
  const strange = names.find((_, i) => operators[i] === undefined);
  if (strange) throw new OnnxTrainError(`activation "${strange}" is not supported, only ${[...FUNCTIONS].join(", ")}`);
  return range(directions).map((d) => operators.slice(d * defaults.length, (d + 1) * defaults.length) as string[]);
}

export const directionsOf = (node: OnnxNode): number =>
  getString(node, "direction", "forward") === "bidirectional" ? 2 : 1;

/** The decomposition of an operator whose cell, one a direction, `cells` makes. */
export const unrolled =
  (cells: (call: DecompositionCall) => Cell[]): Decomposition =>
  (call) => {
    const { g, node } = call;
    const batchFirst = getInt(node, "layout", 0) === 1;
    if (getFloat(node, "clip") !== undefined) throw new OnnxTrainError("clip is not supported");
    const swapped = (value: string) => (batchFirst ? g.op("Transpose", [value], { perm: [1, 0, 2] }) : value);
    const x = swapped(node.inputs[0]!);
    const sizes = sizesOf(call, x);
    const made = cells(call);
    const runs = made.map((cell, direction) => {
      const backwards = getString(node, "direction", "forward") === "reverse" || direction === 1;
      return runDirection(call, cell, { x, direction, backwards, swapped }, sizes);
    });
    const sequence = joined(
      g,
      runs.map((run) => sequenceOf(g, run.outputs, sizes)),
      1,
    );
    const last = range(made[0]!.states).map((s) =>
      swapped(
        joined(
          g,
          runs.map((run) => g.op("Unsqueeze", [run.state[s], g.ints([0])])),
          0,
        ),
      ),
    );
    return [batchFirst ? g.op("Transpose", [sequence], { perm: [2, 0, 1, 3] }) : sequence, ...last];
  };

function sizesOf({ g, node }: DecompositionCall, x: string): Sizes {
  const [length] = g.dimsOf(x);
  const hidden = g.dimsOf(node.inputs[2]!)[2];
  if (typeof length !== "number")
    throw new OnnxTrainError(`the sequence length must be known, it is "${length}"; set inputShapes`);
  if (typeof hidden !== "number") throw new OnnxTrainError(`node ${nodeLabel(node)} has no known hidden size`);
  return { length, hidden, directions: directionsOf(node) };
}

interface Direction {
  readonly x: string;
  readonly direction: number;
  readonly backwards: boolean;
  swapped(value: string): string;
}

/** One part of a tensor along its axis of directions, without that axis. */
function part(g: TrainingGraph, value: string, direction: number, directions: number): string {
  if (directions === 1) return g.op("Squeeze", [value, g.ints([0])]);
  return g.op("Gather", [value, g.index(direction)], { axis: 0 });
}

function runDirection(
  { g, node }: DecompositionCall,
  cell: Cell,
  { x, direction, backwards, swapped }: Direction,
  { length, hidden, directions }: Sizes,
): { outputs: string[]; state: readonly string[] } {
  const [, w, r, b, lengths] = node.inputs as [string, string, string, string?, string?];
  const width = cell.gates * hidden;
  const pick = (value: string) => part(g, value, direction, directions);
  const biases = b ? g.ops("Split", [pick(b), g.ints([width, width])], { axis: 0 }, 2) : [];
  const weights = { recurrent: pick(r), inputBias: biases[0], recurrentBias: biases[1] };
  // All inputs of the sequence at once: [length x batch, gates x hidden], then cut into steps.
  const rows = g.op("Reshape", [x, g.ints([-1, g.dimsOf(x)[2] as number])]);
  const bias = cell.bias(g, weights);
  const projected = g.op("Gemm", bias ? [rows, pick(w), bias] : [rows, pick(w)], { transB: 1 });
  const parts = g.opset >= 18 ? { axis: 0, num_outputs: length } : { axis: 0 };
  const steps = length === 1 ? [projected] : g.ops("Split", [projected], parts, length);

  let state = range(cell.states).map((s) => {
    const given = node.inputs[5 + s];
    return given ? pick(swapped(given)) : zeroState(g, steps[0]!, hidden);
  });
  const outputs = new Array<string>(length);
  for (const t of backwards ? range(length).reverse() : range(length)) {
    const next = cell.step(g, steps[t]!, state, weights);
    if (!lengths) {
      state = next;
      outputs[t] = next[0]!;
      continue;
    }
    // Past its end a sequence keeps its state and gives zeros.
    const running = g.op("Unsqueeze", [g.op("Greater", [lengths, g.int32s([t])]), g.ints([1])]);
    state = next.map((value, s) => g.op("Where", [running, value, state[s]]));
    outputs[t] = g.op("Where", [running, next[0], g.scalar(0, next[0]!)]);
  }
  return { outputs, state };
}

/** Zeros `[batch, hidden]` for a step's `[batch, gates x hidden]`. */
function zeroState(g: TrainingGraph, step: string, hidden: number): string {
  const [batch] = g.dimsOf(step);
  if (typeof batch === "number") return g.floats([batch, hidden], new Float32Array(batch * hidden));
  const rows = g.op("Gather", [g.op("Shape", [step]), g.ints([0])], { axis: 0 });
  return g.op("Expand", [g.scalar(0, step), g.op("Concat", [rows, g.ints([hidden])], { axis: 0 })]);
}

/** `[length, 1, batch, hidden]` from a list of `[batch, hidden]`. */
function sequenceOf(g: TrainingGraph, outputs: readonly string[], { length, hidden }: Sizes): string {
  const [batch] = g.dimsOf(outputs[0]!);
  const rows = length === 1 ? outputs[0]! : g.op("Concat", outputs, { axis: 0 });
  return reshapeTo(g, rows, [length, 1, batch!, hidden]);
}

const joined = (g: TrainingGraph, values: readonly string[], axis: number): string =>
  values.length === 1 ? values[0]! : g.op("Concat", values, { axis });
