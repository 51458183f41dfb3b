/** Linear maps along one axis, applied backwards. */
import { range } from "../compose.js";
import type { TrainingGraph } from "../training-graph.js";

/** What one output position takes: positions of the input with weights. */
export type Taps = readonly (readonly [position: number, weight: number])[];

/** The gradient by the input of a map along `axis` whose i-th output is the weighted sum `taps[i]` over `size` inputs. */
export function transposedAlong(
  g: TrainingGraph,
  dy: string,
  axis: number,
  taps: readonly Taps[],
  size: number,
): string {
  const matrix = new Float32Array(taps.length * size);
  taps.forEach((list, to) => {
    for (const [from, weight] of list) matrix[to * size + from]! += weight;
  });
  const rank = g.dimsOf(dy).length;
  if (axis === rank - 1) return g.op("MatMul", [dy, g.floats([taps.length, size], matrix)]);
  const turned = new Float32Array(matrix.length);
  for (let to = 0; to < taps.length; to++) {
    for (let from = 0; from < size; from++) turned[from * taps.length + to] = matrix[to * size + from]!;
  }
  const left = g.floats([size, taps.length], turned);
  if (axis === rank - 2) return g.op("MatMul", [left, dy]);
  // Swapping two axes is its own inverse.
  const perm = range(rank).map((i) => (i === axis ? rank - 2 : i === rank - 2 ? axis : i));
  return g.op("Transpose", [g.op("MatMul", [left, g.op("Transpose", [dy], { perm })])], { perm });
}
