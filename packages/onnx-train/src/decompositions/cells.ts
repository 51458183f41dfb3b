/** LSTM, GRU and the plain recurrent cell. */
import { getInt } from "@idinit/onnx";
import { OnnxTrainError } from "../errors.js";
import type { TrainingGraph } from "../training-graph.js";
import type { Decompositions } from "./decomposition.js";
import { activationsOf, type Cell, type CellWeights, directionsOf, unrolled } from "./recurrent.js";

const sizeOf = (g: TrainingGraph, { recurrent }: CellWeights) => g.dimsOf(recurrent)[1] as number;

const split = (g: TrainingGraph, x: string, axis: number, sizes: readonly number[]) =>
  g.ops("Split", [x, g.ints(sizes)], { axis }, sizes.length);

/** Both biases as one. */
const bothBiases = (g: TrainingGraph, { inputBias, recurrentBias }: CellWeights) =>
  inputBias && recurrentBias ? g.op("Add", [inputBias, recurrentBias]) : undefined;

/** h R^T + x. */
const recur = (g: TrainingGraph, h: string, recurrent: string, x: string) =>
  g.op("Gemm", [h, recurrent, x], { transB: 1 });

/** Gates i, o, f, c: c' = f c + i c~, h' = o tanh(c'). */
const lstm = ([f, inner, outer]: readonly string[]): Cell => ({
  gates: 4,
  states: 2,
  bias: bothBiases,
  step(g, x, [h, c], weights) {
    const size = sizeOf(g, weights);
    const [gates, candidate] = split(g, recur(g, h!, weights.recurrent, x), 1, [3 * size, size]);
    const [input, output, forget] = split(g, g.op(f!, [gates]), 1, [size, size, size]);
    const kept = g.op("Mul", [forget, c]);
    const next = g.op("Add", [kept, g.op("Mul", [input, g.op(inner!, [candidate])])]);
    return [g.op("Mul", [output, g.op(outer!, [next])]), next];
  },
});

/** h' = (1 - z) h~ + z h, written as h~ + z (h - h~). */
const mix = (g: TrainingGraph, z: string, candidate: string, h: string) =>
  g.op("Add", [candidate, g.op("Mul", [z, g.op("Sub", [h, candidate])])]);

/** Gates z, r, h: the reset gate is applied to h before the product with R: h~ = tanh(x + (r h) R^T). */
const gru = ([f, inner]: readonly string[]): Cell => ({
  gates: 3,
  states: 1,
  bias: bothBiases,
  step(g, x, [h], weights) {
    const size = sizeOf(g, weights);
    const [gatesX, candidateX] = split(g, x, 1, [2 * size, size]);
    const [gatesR, candidateR] = split(g, weights.recurrent, 0, [2 * size, size]);
    const [update, reset] = split(g, g.op(f!, [recur(g, h!, gatesR!, gatesX!)]), 1, [size, size]);
    const candidate = g.op(inner!, [recur(g, g.op("Mul", [reset, h]), candidateR!, candidateX!)]);
    return [mix(g, update!, candidate, h!)];
  },
});

/** As PyTorch and cuDNN have it, the reset gate is applied after the product: h~ = tanh(x + r (h R^T + b)). */
const gruResetAfter = ([f, inner]: readonly string[]): Cell => ({
  gates: 3,
  states: 1,
  bias: (_g, { inputBias }) => inputBias,
  step(g, x, [h], weights) {
    const size = sizeOf(g, weights);
    const { recurrent, recurrentBias } = weights;
    const operands = recurrentBias ? [h, recurrent, recurrentBias] : [h, recurrent];
    const product = g.op("Gemm", operands, { transB: 1 });
    const [gatesX, candidateX] = split(g, x, 1, [2 * size, size]);
    const [gatesH, candidateH] = split(g, product, 1, [2 * size, size]);
    const [update, reset] = split(g, g.op(f!, [g.op("Add", [gatesX, gatesH])]), 1, [size, size]);
    const candidate = g.op(inner!, [g.op("Add", [candidateX, g.op("Mul", [reset, candidateH])])]);
    return [mix(g, update!, candidate, h!)];
  },
});

/** h' = tanh(x + h R^T). */
const rnn = ([f]: readonly string[]): Cell => ({
  gates: 1,
  states: 1,
  bias: bothBiases,
  step: (g, x, [h], { recurrent }) => [g.op(f!, [recur(g, h!, recurrent, x)])],
});

export const recurrentDecompositions: Decompositions = {
  LSTM: unrolled(({ node }) => {
    if (node.inputs[7]) throw new OnnxTrainError("peepholes are not supported");
    if (getInt(node, "input_forget", 0)) throw new OnnxTrainError("input_forget is not supported");
    return activationsOf(node, ["Sigmoid", "Tanh", "Tanh"], directionsOf(node)).map(lstm);
  }),
  GRU: unrolled(({ node }) => {
    const cell = getInt(node, "linear_before_reset", 0) ? gruResetAfter : gru;
    return activationsOf(node, ["Sigmoid", "Tanh"], directionsOf(node)).map(cell);
  }),
  RNN: unrolled(({ node }) => activationsOf(node, ["Tanh"], directionsOf(node)).map(rnn)),
};
