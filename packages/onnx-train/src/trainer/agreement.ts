/** Whether a device computes what the CPU computes. */

/** What may differ. */
export interface Agreement {
  /** Share of a tensor's largest value. */
  readonly tolerance: number;
  /** Share of the largest value of all: tensors whose values are rounding noise (a gradient that is zero) are held against that. */
  readonly noise: number;
}

/** Differences that float32 in another order of summation makes stay far below. */
const AGREEMENT: Agreement = { tolerance: 0.02, noise: 1e-3 };
/** Of products in float16, which devices add up in float16 and the CPU in float32. */
export const HALF_AGREEMENT: Agreement = { tolerance: 0.1, noise: 0.01 };

/** Names the tensor that disagrees most and by how much, or `undefined` where all agree; `NaN` never agrees. */
export function disagreement(
  expected: ReadonlyMap<string, Float32Array>,
  actual: ReadonlyMap<string, Float32Array>,
  { tolerance, noise } = AGREEMENT,
): string | undefined {
  const scales = new Map([...expected].map(([name, values]) => [name, largest(values)]));
  const overall = Math.max(...scales.values());
  let worst: { name: string; share: number } | undefined;
  for (const [name, values] of expected) {
    const given = actual.get(name)!;
    const allowed = tolerance * scales.get(name)! + noise * overall + Number.MIN_VALUE;
    const difference = largest(values.map((value, i) => given[i]! - value));
    const share = difference / allowed;
    if (!(share <= 1) && !(worst && worst.share >= share)) worst = { name, share };
  }
  return worst && `"${worst.name}" differs by ${(100 * tolerance * worst.share).toPrecision(2)} % of its size`;
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
