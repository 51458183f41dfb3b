/** Attention and rotary embeddings, which opset 23 has as operators. */
import { DataType, getFloat, getInt } from "@idinit/onnx";
import { timesScalar, transposeLast } from "../compose.js";
import { OnnxTrainError } from "../errors.js";
import type { TrainingGraph } from "../training-graph.js";
import type { Decomposition, DecompositionCall, Decompositions } from "./decomposition.js";

/** The lowest float32: a score that takes no part, and no infinity of which differences are no numbers. */
const LOWEST = -3.4028234663852886e38;

/** The size of an axis that has to be a number. */
function sizeOf(g: TrainingGraph, value: string, axis: number, what: string): number {
  const size = g.dimsOf(value).at(axis);
  if (typeof size !== "number") throw new OnnxTrainError(`${what} must be known, it is "${size}"; set inputShapes`);
  return size;
}

/** `[batch, length, heads x size]` as `[batch, length, heads, size]`. */
function withHeads(g: TrainingGraph, x: string, heads: number, what: string): string {
  const width = sizeOf(g, x, -1, "the width");
  if (heads < 1 || width % heads !== 0)
    throw new OnnxTrainError(`${what} must divide the width of ${width}, got ${heads}`);
  return g.op("Reshape", [x, g.ints([0, 0, heads, width / heads])]);
}

const headsFirst = (g: TrainingGraph, x: string) => g.op("Transpose", [x], { perm: [0, 2, 1, 3] });

/** Each head of keys or values `groups` times in a row: several heads of queries share one. */
function repeated(g: TrainingGraph, x: string, groups: number): string {
  if (groups === 1) return x;
  const [heads, size] = [sizeOf(g, x, 1, "the number of heads"), sizeOf(g, x, 3, "the size of a head")];
  const one = g.op("Unsqueeze", [x, g.ints([2])]);
  const all = g.op("Concat", new Array<string>(groups).fill(one), { axis: 2 });
  return g.op("Reshape", [all, g.ints([0, heads * groups, -1, size])]);
}

/** Whether the place of a key is not after that of the query. */
function causal(g: TrainingGraph, scores: string): string {
  const places = (axis: number) => {
    const size = g.op("Gather", [g.op("Shape", [scores]), g.index(axis)], { axis: 0 });
    return g.op("Range", [g.index(0), size, g.index(1)]);
  };
  return g.op("GreaterOrEqual", [g.op("Unsqueeze", [places(2), g.ints([1])]), places(3)]);
}

function refuseCaches({ node }: DecompositionCall): void {
  const used = [...node.inputs.slice(4), ...node.outputs.slice(1)].some((name) => name !== "");
  if (used)
    throw new OnnxTrainError(
      "keys and values of the past are for generation: only query, key, value and mask are known",
    );
}

/** softmax(scale Q K^T, capped, masked) V. */
const attention: Decomposition = (call) => {
  const { g, node } = call;
  refuseCaches(call);
  const [query, key, value, mask] = node.inputs as [string, string, string, string?];
  const flat = g.dimsOf(query).length === 3;
  const split = (x: string, name: string) => (flat ? headsFirst(g, withHeads(g, x, getInt(node, name, 0), name)) : x);
  const [q, k, v] = [split(query, "q_num_heads"), split(key, "kv_num_heads"), split(value, "kv_num_heads")];
  const heads = sizeOf(g, q, 1, "the number of heads");
  const groups = heads / sizeOf(g, k, 1, "the number of heads");
  if (!Number.isInteger(groups))
    throw new OnnxTrainError(`${heads} heads of queries do not share those of keys evenly`);
  const scale = getFloat(node, "scale", 1 / Math.sqrt(sizeOf(g, q, 3, "the size of a head")));
  const plain = g.op("MatMul", [timesScalar(g, q, scale), transposeLast(g, repeated(g, k, groups))]);
  const cap = getFloat(node, "softcap", 0);
  const capped = cap > 0 ? timesScalar(g, g.op("Tanh", [timesScalar(g, plain, 1 / cap)]), cap) : plain;
  const seen = (scores: string, where: string) => g.op("Where", [where, scores, g.scalar(LOWEST, scores)]);
  const past = getInt(node, "is_causal", 0) ? seen(capped, causal(g, capped)) : capped;
  const isChoice = mask && g.typeOf(mask) === DataType.bool;
  const scores = !mask ? past : isChoice ? seen(past, mask) : g.op("Add", [past, mask]);
  const y = g.op("MatMul", [g.op("Softmax", [scores], { axis: -1 }), repeated(g, v, groups)]);
  if (!flat) return [y];
  return [g.op("Reshape", [headsFirst(g, y), g.ints([0, 0, heads * sizeOf(g, v, 3, "the size of a head")])])];
};

/** Pairs (a, b) of a head's elements turn by an angle: (a cos - b sin, a sin + b cos). */
const rotaryEmbedding: Decomposition = ({ g, node }) => {
  const [given, cosines, sines, positions] = node.inputs as [string, string, string, string?];
  const flat = g.dimsOf(given).length === 3;
  const x = flat ? withHeads(g, given, getInt(node, "num_heads", 0), "num_heads") : given;
  const size = sizeOf(g, x, 3, "the size of a head");
  const turned = getInt(node, "rotary_embedding_dim", 0) || size;
  const half = turned / 2;
  const [front, rest] = turned === size ? [x] : g.ops("Split", [x, g.ints([turned, size - turned])], { axis: 3 }, 2);
  const angles = (cache: string) => {
    const own = positions ? g.op("Gather", [cache, positions], { axis: 0 }) : cache;
    return g.op("Unsqueeze", [own, g.ints([flat ? 2 : 1])]);
  };
  const [cos, sin] = [angles(cosines), angles(sines)];
  const interleaved = getInt(node, "interleaved", 0) === 1;
  const pairs = interleaved ? g.op("Reshape", [front!, g.ints([0, 0, 0, half, 2])]) : front!;
  const parts = g.ops("Split", [pairs, g.ints(interleaved ? [1, 1] : [half, half])], { axis: -1 }, 2);
  const [a, b] = interleaved ? parts.map((part) => g.op("Squeeze", [part, g.ints([4])])) : parts;
  const times = (one: string, other: string) => g.op("Mul", [one, other]);
  const both = [g.op("Sub", [times(a!, cos), times(b!, sin)]), g.op("Add", [times(a!, sin), times(b!, cos)])];
  const columns = () => both.map((value) => g.op("Unsqueeze", [value, g.ints([4])]));
  const whole = interleaved
    ? g.op("Reshape", [g.op("Concat", columns(), { axis: 4 }), g.ints([0, 0, 0, turned])])
    : g.op("Concat", both, { axis: 3 });
  const y = rest ? g.op("Concat", [whole, rest], { axis: 3 }) : whole;
  return [flat ? g.op("Reshape", [y, g.ints([0, 0, sizeOf(g, given, 2, "the width")])]) : y];
};

export const attentionDecompositions: Decompositions = { Attention: attention, RotaryEmbedding: rotaryEmbedding };
