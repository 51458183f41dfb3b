/** Norms over parts of a tensor, as LayerNormalization of rows or from means. */
import { getFloat, getInt } from "@idinit/onnx";
import { countAlong, range, reduce } from "../compose.js";
import { OnnxTrainError } from "../errors.js";
import { axisOf, type Dim } from "../shapes/dims.js";
import type { TrainingGraph } from "../training-graph.js";
import type { Decomposition, Decompositions } from "./decomposition.js";

const volume = (g: TrainingGraph, x: string, dims: readonly Dim[]): number => {
  if (dims.every((d) => typeof d === "number")) return (dims as number[]).reduce((a, b) => a * b, 1);
  throw new OnnxTrainError(`sizes must be known, "${x}" has [${g.dimsOf(x).join(", ")}]; set inputShapes`);
};

/** `x` as [batch, groups, rest], every row of the rest brought to mean 0 and variance 1, in the shape of `x` again. */
function normalizedGroups(g: TrainingGraph, x: string, groups: number, epsilon: number): string {
  const dims = g.dimsOf(x);
  const length = volume(g, x, dims.slice(1)) / groups;
  const rows = g.op("Reshape", [x, g.ints([-1, groups, length])]);
  const ones = g.floats([length], new Float32Array(length).fill(1));
  const attributes = { axis: -1, epsilon: { type: "float", value: epsilon } } as const;
  const [normal] = g.ops("LayerNormalization", [rows, ones], attributes, 3);
  return g.op("Reshape", [normal, g.ints([-1, ...(dims.slice(1) as number[])])]);
}

/** scale x + bias per channel, the second axis. */
function affine(g: TrainingGraph, x: string, scale: string, bias: string): string {
  const spatial = g.dimsOf(x).length - 2;
  const column = (vector: string) =>
    spatial === 0 ? vector : g.op("Unsqueeze", [vector, g.ints(range(spatial).map((i) => i + 1))]);
  return g.op("Add", [g.op("Mul", [x, column(scale)]), column(bias)]);
}

const instanceNorm: Decomposition = ({ g, node }) => {
  const [x, scale, bias] = node.inputs as [string, string, string];
  const channels = volume(g, x, g.dimsOf(x).slice(1, 2));
  return [affine(g, normalizedGroups(g, x, channels, getFloat(node, "epsilon", 1e-5)), scale, bias)];
};

/** Until opset 20 scale and bias have one element a group, from 21 on one a channel. */
const groupNorm: Decomposition = ({ g, node }) => {
  const [x, scale, bias] = node.inputs as [string, string, string];
  const groups = getInt(node, "num_groups", 1);
  const channels = volume(g, x, g.dimsOf(x).slice(1, 2));
  const normal = normalizedGroups(g, x, groups, getFloat(node, "epsilon", 1e-5));
  const perChannel = (vector: string) => {
    const [size] = g.dimsOf(vector);
    if (g.opset >= 21 || size === channels) return vector;
    const columns = g.op("Expand", [g.op("Unsqueeze", [vector, g.ints([1])]), g.ints([groups, channels / groups])]);
    return g.op("Reshape", [columns, g.ints([channels])]);
  };
  return [affine(g, normal, perChannel(scale), perChannel(bias))];
};

/** y = x / sqrt(mean(x^2) + epsilon) scale. */
const rmsNorm: Decomposition = ({ g, node }) => {
  const [x, scale] = node.inputs as [string, string];
  const rank = g.dimsOf(x).length;
  const axes = range(rank).slice(axisOf(getInt(node, "axis", -1), rank));
  const mean = reduce(g, "ReduceMean", g.op("Mul", [x, x]), axes, 1);
  const root = g.op("Sqrt", [g.op("Add", [mean, g.scalar(getFloat(node, "epsilon", 1e-5), x)])]);
  return [g.op("Mul", [g.op("Mul", [x, g.op("Reciprocal", [root])]), scale])];
};

/** (x - mean) / (deviation + 1e-9); the deviation is a norm, whose gradient is 0 where all of x is the same. */
const meanVariance: Decomposition = ({ g, node }) => {
  const x = node.inputs[0]!;
  const listed = node.attributes.find(({ name }) => name === "axes");
  const axes = listed?.type === "ints" ? listed.value : [0, 2, 3];
  const centred = g.op("Sub", [x, reduce(g, "ReduceMean", x, axes, 1)]);
  const count = countAlong(
    g,
    x,
    axes.map((axis) => axisOf(axis, g.dimsOf(x).length)),
  );
  const deviation = g.op("Div", [reduce(g, "ReduceL2", centred, axes, 1), g.op("Sqrt", [count])]);
  return [g.op("Div", [centred, g.op("Add", [deviation, g.scalar(1e-9, x)])])];
};

/** x / norm along one axis, of order 1 or 2; 0 where all of x is. */
const lpNormalization: Decomposition = ({ g, node }) => {
  const x = node.inputs[0]!;
  const axes = [axisOf(getInt(node, "axis", -1), g.dimsOf(x).length)];
  const norm = reduce(g, getInt(node, "p", 2) === 1 ? "ReduceL1" : "ReduceL2", x, axes, 1);
  const safe = g.op("Where", [g.op("Equal", [norm, g.scalar(0, x)]), g.scalar(1, x), norm]);
  return [g.op("Div", [x, safe])];
};

/** x / (bias + alpha / size sum of x^2 over the neighbouring channels)^beta; the sum is a product with a band matrix. */
const localResponse: Decomposition = ({ g, node }) => {
  const x = node.inputs[0]!;
  const dims = g.dimsOf(x);
  const channels = volume(g, x, dims.slice(1, 2));
  const size = getInt(node, "size", 1);
  const [before, after] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)];
  const share = getFloat(node, "alpha", 1e-4) / size;
  const band = new Float32Array(channels ** 2);
  for (let to = 0; to < channels; to++) {
    const last = Math.min(channels - 1, to + after);
    for (let from = Math.max(0, to - before); from <= last; from++) band[to * channels + from] = share;
  }
  const columns = g.op("Reshape", [g.op("Mul", [x, x]), g.ints([-1, channels, volume(g, x, dims.slice(2))])]);
  const around = g.op("MatMul", [g.floats([channels, channels], band), columns]);
  const base = g.op("Add", [around, g.scalar(getFloat(node, "bias", 1), x)]);
  const factor = g.op("Pow", [base, g.scalar(-getFloat(node, "beta", 0.75), x)]);
  return [g.op("Mul", [x, g.op("Reshape", [factor, g.ints([-1, ...(dims.slice(1) as number[])])])])];
};

export const normalizationDecompositions: Decompositions = {
  InstanceNormalization: instanceNorm,
  GroupNormalization: groupNorm,
  RMSNormalization: rmsNorm,
  MeanVarianceNormalization: meanVariance,
  LpNormalization: lpNormalization,
  LRN: localResponse,
};
