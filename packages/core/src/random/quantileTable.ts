/** The normal quantile as a table of cubic polynomials. */

const PIECES = 32;

/** |Φ⁻¹(2^-32)|, and its slope there for p in units of 2^-32. */
const START = 6.230260137989043;
const SLOPE = -0.15665637741052382;

/** Steps of the differential equation in each piece. */
const STEPS = 4;

let made: Float64Array | undefined;

/**
 * −Φ⁻¹(n · 2^-32) for n in [1, 2^31]: four coefficients, constant first, for each thirty-second of each octave of n. The
 * polynomial's variable is the place in the piece, in [0, 2^18). Absolute error below 1e-8, continuous with its slope.
 *
 * Quantiles solve z'' = z·z'². The equation is integrated from the tail to the centre by the method of Runge and Kutta,
 * and each piece is the cubic that meets values and slopes at both ends (Hermite). A constant, made at the first use.
 */
export function quantileTable(): Float64Array {
  if (made !== undefined) return made;
  const table = new Float64Array(32 * PIECES * 4);
  let z = START;
  let slope = SLOPE;
  for (let entry = 0; entry <= 31 * PIECES; entry++) {
    const width = 2 ** Math.floor(entry / PIECES) / PIECES;
    const [z0, slope0] = [z, slope * width];
    const h = width / STEPS;
    for (let step = 0; step < STEPS; step++) [z, slope] = advance(z, slope, h);
    const slope1 = slope * width;
    const t = 2 ** -18;
    table[4 * entry] = z0;
    table[4 * entry + 1] = slope0 * t;
    table[4 * entry + 2] = (3 * (z - z0) - 2 * slope0 - slope1) * t * t;
    table[4 * entry + 3] = (slope0 + slope1 - 2 * (z - z0)) * t * t * t;
  }
  made = table;
  return table;
}

/** One step of z' = s, s' = z·s² (the classical fourth-order method). */
function advance(z: number, s: number, h: number): [z: number, slope: number] {
  const bend = (place: number, slope: number) => place * slope * slope;
  const b1 = bend(z, s);
  const s2 = s + (h / 2) * b1;
  const b2 = bend(z + (h / 2) * s, s2);
  const s3 = s + (h / 2) * b2;
  const b3 = bend(z + (h / 2) * s2, s3);
  const s4 = s + h * b3;
  const b4 = bend(z + h * s3, s4);
  return [z + (h / 6) * (s + 2 * s2 + 2 * s3 + s4), s + (h / 6) * (b1 + 2 * b2 + 2 * b3 + b4)];
}
