/** Pooling by p-norms, from average pooling and sums. */
import { getInt, getInts } from "@idinit/onnx";
import { range, reduce } from "../compose.js";
import type { TrainingGraph } from "../training-graph.js";
import type { Decomposition, Decompositions } from "./decomposition.js";

const power = (g: TrainingGraph, x: string, p: number) =>
  p === 2 ? g.op("Mul", [x, x]) : g.op("Pow", [g.op("Abs", [x]), g.scalar(p, x)]);

const root = (g: TrainingGraph, x: string, p: number) =>
  p === 2 ? g.op("Sqrt", [x]) : p === 1 ? x : g.op("Pow", [x, g.scalar(1 / p, x)]);

/** (sum |x|^p)^(1/p) over each window: the average, padding counted, times the window's size. */
const lpPool: Decomposition = ({ g, node }) => {
  const x = node.inputs[0]!;
  const p = getInt(node, "p", 2);
  const kernel = getInts(node, "kernel_shape") ?? [];
  const kept = node.attributes.filter(({ name }) => name !== "p");
  const attributes = { ...Object.fromEntries(kept.map((a) => [a.name, a])), count_include_pad: 1 };
  const mean = g.op("AveragePool", [power(g, x, p)], attributes);
  return [
    root(
      g,
      g.op("Mul", [
        mean,
        g.scalar(
          kernel.reduce((a, b) => a * b, 1),
          x,
        ),
      ]),
      p,
    ),
  ];
};

const globalLpPool: Decomposition = ({ g, node }) => {
  const x = node.inputs[0]!;
  const p = getInt(node, "p", 2);
  const axes = range(g.dimsOf(x).length).slice(2);
  if (p === 1 || p === 2) return [reduce(g, p === 1 ? "ReduceL1" : "ReduceL2", x, axes, 1)];
  return [root(g, reduce(g, "ReduceSum", power(g, x, p), axes, 1), p)];
};

export const poolingDecompositions: Decompositions = { LpPool: lpPool, GlobalLpPool: globalLpPool };
