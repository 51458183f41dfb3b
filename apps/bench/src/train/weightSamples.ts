/** What weights look like before and after training. */
import { type Architecture, parameters } from "../architectures/index.js";
import type { WeightsRecord } from "../records.js";

const SIDE = 48;
const NEAR_ZERO = 1e-5;
/** An odd number, so that one lies around 0. */
const BINS = 51;
const LIMIT = 0.51;

/**
 * Statistics and a corner, at most 48 × 48, of three kernels: the first, the one in the middle, and the last before the
 * head. A kernel is seen as the matrix `[out, in · taps]`.
 */
export function weightSamples(
  architecture: Architecture,
  weights: ReadonlyMap<string, Float32Array>,
  run: string,
  when: WeightsRecord["when"],
): WeightsRecord[] {
  const kernels = parameters(architecture).filter(({ kind }) => kind === "kernel");
  const body = kernels.length > 1 ? kernels.slice(0, -1) : kernels;
  const chosen = new Set([body[0], body[Math.floor(body.length / 2)], body.at(-1)]);
  return [...chosen].flatMap((kernel) => {
    const values = kernel && weights.get(kernel.name);
    if (!values) return [];
    const out = kernel.shape[0]!;
    const width = values.length / out;
    const [rows, columns] = [Math.min(out, SIDE), Math.min(width, SIDE)];
    const sample = Array.from({ length: rows * columns }, (_, index) =>
      Number(values[Math.floor(index / columns) * width + (index % columns)]!.toPrecision(3)),
    );
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return {
      type: "weights" as const,
      run,
      when,
      name: kernel.name,
      shape: kernel.shape,
      mean,
      std: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length),
      nearZero: values.reduce((count, value) => count + (Math.abs(value) < NEAR_ZERO ? 1 : 0), 0) / values.length,
      sample: { rows, columns, values: sample },
      histogram: { limit: LIMIT, shares: sharesOf(values) },
    };
  });
}

function sharesOf(values: Float32Array): number[] {
  const counts = new Array<number>(BINS).fill(0);
  for (const value of values) {
    const bin = Math.floor(((value + LIMIT) / (2 * LIMIT)) * BINS);
    counts[Math.max(0, Math.min(BINS - 1, bin))]!++;
  }
  return counts.map((count) => Number((count / values.length).toPrecision(3)));
}
