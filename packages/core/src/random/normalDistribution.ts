/** The standard normal distribution: density, distribution function and quantile, with the same bits in every engine. */
import { exp, ln } from "./elementary.js";

const INVERSE_SQRT_2PI = 0.3989422804014327;

/** φ(x), the density at x. Below 1e-300 it is 0. */
export function normalDensity(x: number): number {
  return Math.abs(x) > 37 ? 0 : INVERSE_SQRT_2PI * exp(-0.5 * x * x);
}

/**
 * Φ(x) = P(Z <= x). Accurate to 1e-13 relative, in the lower tail too; infinities give 0 and 1.
 *
 * The power series of Φ about 0 (all terms of one sign) up to 2.5, the continued fraction of Mills' ratio beyond.
 */
export function normalCdf(x: number): number {
  if (x < -2.5) return normalDensity(x) / tailRatio(x);
  if (x > 2.5) return 1 - normalCdf(-x);
  return (1 + (x < 0 ? -centralMass(x) : centralMass(x))) / 2;
}

/** P(|Z| <= |x|) = 2 φ(x) (x + x³/3 + x⁵/(3·5) + ...). */
function centralMass(x: number): number {
  let term = Math.abs(x);
  let sum = term;
  for (let n = 3; term > sum * 1e-17; n += 2) {
    term *= (x * x) / n;
    sum += term;
  }
  return 2 * normalDensity(x) * sum;
}

/** φ(x) / Φ(x) for x < -2. */
function tailRatio(x: number): number {
  let fraction = -x;
  // The nearer to 0, the more terms.
  for (let n = 20 + Math.ceil(1800 / (x * x)); n >= 1; n--) fraction = -x + n / fraction;
  return fraction;
}

/**
 * Φ⁻¹(p) for p in (0, 1): about 1e-14 relative, and as exact in the lower tail as `p` itself is.
 *
 * By Newton's method: on Φ near the middle, and further out on ln Φ; it starts on the tangent in the middle, or from where the
 * asymptotic form of ln Φ has the value.
 */
export function normalQuantile(p: number): number {
  if (p > 0.5) return -normalQuantile(1 - p);
  const half = 0.5 - p;
  const logarithm = -ln(p);
  const start = half < 0.45 ? -half / INVERSE_SQRT_2PI : -Math.sqrt(2 * logarithm - ln(4 * Math.PI * logarithm));
  if (half < 0.499) return newton(start, (x) => (centralMass(x) / 2 - half) / normalDensity(x));
  return newton(start, (x) => {
    const slope = tailRatio(x);
    return ((x * x) / 2 - logarithm + ln(slope / INVERSE_SQRT_2PI)) / slope;
  });
}

/** Steps until one is so small that the next would change nothing. */
function newton(from: number, stepAt: (x: number) => number): number {
  const step = stepAt(from);
  return Math.abs(step) < 1e-8 ? from + step : newton(from + step, stepAt);
}
