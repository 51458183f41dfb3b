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
  if (x < -2.5) {
    let fraction = -x;
    // The nearer to 0, the more terms.
    for (let n = 20 + Math.ceil(1800 / (x * x)); n >= 1; n--) fraction = -x + n / fraction;
    return normalDensity(x) / fraction;
  }
  if (x < -1) return (1 - centralMass(x)) / 2;
  if (x > 2.5) return 1 - normalCdf(-x);
  return 0.5 + (x < 0 ? -centralMass(x) : centralMass(x)) / 2;
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

// Numerators and denominators of algorithm AS 241 (PPND16), highest power first.
// Source: Wichura, "The percentage points of the normal distribution", Applied Statistics 37 (1988).
const CENTRE = [
  [2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987],
  [13731.69376550946, 1971.5909503065513, 133.14166789178438, 3.3871328727963665],
  [5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597],
  [5394.196021424751, 687.1870074920579, 42.31333070160091, 1],
].flat();
const TAIL = [
  [0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684],
  [3.6478483247632045, 5.769497221460691, 4.630337846156546, 1.4234371107496835],
  [1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008],
  [0.6897673349851, 1.6763848301838038, 2.053191626637759, 1],
].flat();
const FAR_TAIL = [
  [2.0103343992922881e-7, 2.7115555687434876e-5, 0.0012426609473880784, 0.026532189526576124],
  [0.29656057182850487, 1.7848265399172913, 5.463784911164114, 6.657904643501103],
  [2.0442631033899397e-15, 1.421511758316446e-7, 1.8463183175100548e-5, 0.0007868691311456133],
  [0.014875361290850615, 0.1369298809227358, 0.599832206555888, 1],
].flat();

function ratio(coefficients: readonly number[], x: number): number {
  let numerator = 0;
  let denominator = 0;
  for (let i = 0; i < 8; i++) {
    numerator = numerator * x + coefficients[i]!;
    denominator = denominator * x + coefficients[i + 8]!;
  }
  return numerator / denominator;
}

/** Φ⁻¹(p) for p in (0, 1), by AS 241: about 1e-15 relative, and as exact in the lower tail as `p` itself is. */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return q * ratio(CENTRE, 0.180625 - q * q);
  const r = Math.sqrt(-ln(q < 0 ? p : 1 - p));
  const z = r <= 5 ? ratio(TAIL, r - 1.6) : ratio(FAR_TAIL, r - 5);
  return q < 0 ? -z : z;
}
