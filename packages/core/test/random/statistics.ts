/** Statistics that the tests of random families share. */

/** Largest distance between the sample's distribution and `cdf`, times √n: beyond 2.2 by chance once in 8000 times. */
export function kolmogorovSmirnov(sample: ArrayLike<number>, cdf: (x: number) => number): number {
  const sorted = Float64Array.from(sample).sort();
  const n = sorted.length;
  let distance = 0;
  sorted.forEach((x, i) => {
    const f = cdf(x);
    distance = Math.max(distance, f - i / n, (i + 1) / n - f);
  });
  return distance * Math.sqrt(n);
}

export function moments(sample: ArrayLike<number>): { mean: number; std: number } {
  let sum = 0;
  for (let i = 0; i < sample.length; i++) sum += sample[i]!;
  const mean = sum / sample.length;
  let squares = 0;
  for (let i = 0; i < sample.length; i++) squares += (sample[i]! - mean) ** 2;
  return { mean, std: Math.sqrt(squares / sample.length) };
}

/** Correlation of two equally long samples, times √n: about N(0, 1) if they are independent. */
export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [x, y] = [moments(a), moments(b)];
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - x.mean) * (b[i]! - y.mean);
  return sum / (x.std * y.std) / Math.sqrt(a.length);
}
