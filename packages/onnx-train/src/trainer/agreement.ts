/** Whether a device computes what the CPU computes. */

/** Differences that float32 in another order of summation makes stay far below this share of a tensor's largest value. */
const TOLERANCE = 0.02;
/** Tensors whose values are rounding noise (a gradient that is zero) are held against the largest tensor instead. */
const NOISE = 1e-3;

/** Names the tensor that disagrees most and by how much, or `undefined` where all agree; `NaN` never agrees. */
export function disagreement(
  expected: ReadonlyMap<string, Float32Array>,
  actual: ReadonlyMap<string, Float32Array>,
): string | undefined {
  const scales = new Map([...expected].map(([name, values]) => [name, largest(values)]));
  const overall = Math.max(...scales.values());
  let worst: { name: string; share: number } | undefined;
  for (const [name, values] of expected) {
    const given = actual.get(name)!;
    const allowed = TOLERANCE * scales.get(name)! + NOISE * overall + Number.MIN_VALUE;
    const difference = largest(values.map((value, i) => given[i]! - value));
    const share = difference / allowed;
    if (!(share <= 1) && !(worst && worst.share >= share)) worst = { name, share };
  }
  return worst && `"${worst.name}" differs by ${(100 * TOLERANCE * worst.share).toPrecision(2)} % of its size`;
}

/** The largest magnitude; `NaN` where there is one. */
function largest(values: Float32Array): number {
  let result = 0;
  for (const value of values) {
    const size = Math.abs(value);
    if (!(size <= result)) result = size;
    if (Number.isNaN(result)) return result;
  }
  return result;
}
