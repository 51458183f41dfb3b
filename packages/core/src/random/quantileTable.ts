/** The normal quantile as a table of lines. */

/** |Φ⁻¹(2^-32)|, and its slope there for p in units of 2^-32. */
const START = 6.230260137989043;
const SLOPE = -0.15665637741052382;

let made: Float32Array | undefined;

/**
 * −Φ⁻¹(n · 2^-32) for n in [1, 2^31]: start and slope of a line for each of 2048 pieces of each octave of n. The line's
 * variable is the place in the piece, an integer in [0, 2^12). Absolute error below 2^-24 + 2^-23 · Φ⁻¹.
 *
 * Slopes have 12 significant bits, so that their product with the variable is a float32 number: whether the sum is made in
 * float32 or in float64 and then rounded, it is the same.
 *
 * Quantiles solve z'' = z·z'². The equation is integrated from the tail to the centre by the method of Runge and Kutta. A
 * constant, made at the first use.
 */
export function quantileTable(): Float32Array {
  if (made) return made;
  made = new Float32Array(32 * 4096);
  const bits = new Int32Array(made.buffer);
  let z = START;
  let slope = SLOPE;
  // What remains is p = 1/2, where n is rounded up to 2^31: 0.
  for (let at = 0; at < 31 * 4096; at += 2) {
    const h = 2 ** (at >> 12) / 2048;
    // One step of z' = s, s' = z·s², by the classical method of fourth order.
    let place = z;
    let s = slope;
    let bend = place * s * s;
    let sumS = s;
    let sumBend = bend;
    for (const weight of [2, 2, 1]) {
      const step = h / weight;
      place = z + step * s;
      s = slope + step * bend;
      bend = place * s * s;
      sumS += weight * s;
      sumBend += weight * bend;
    }
    const end = z + (h / 6) * sumS;
    made[at] = z;
    made[at + 1] = (end - z) / 4096;
    bits[at + 1] = (bits[at + 1]! + 0x800) & ~0xfff;
    slope += (h / 6) * sumBend;
    z = end;
  }
  return made;
}
