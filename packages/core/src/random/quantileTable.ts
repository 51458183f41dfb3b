/** The normal quantile as a table of lines. */

const OCTAVES = 32;
const PIECES = 2048;

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
  if (made !== undefined) return made;
  const table = new Float32Array(OCTAVES * PIECES * 2);
  let z = START;
  let slope = SLOPE;
  for (let octave = 0; octave < OCTAVES - 1; octave++) {
    const h = 2 ** octave / PIECES;
    for (let piece = 0; piece < PIECES; piece++) {
      const at = 2 * (octave * PIECES + piece);
      table[at] = z;
      // One step of z' = s, s' = z·s², by the classical method of fourth order.
      let place = z;
      let s = slope;
      let bend = place * s * s;
      let sumS = s;
      let sumBend = bend;
      for (let stage = 1; stage < 4; stage++) {
        const step = stage < 3 ? h / 2 : h;
        const weight = stage < 3 ? 2 : 1;
        place = z + step * s;
        s = slope + step * bend;
        bend = place * s * s;
        sumS += weight * s;
        sumBend += weight * bend;
      }
      const end = z + (h / 6) * sumS;
      slope += (h / 6) * sumBend;
      table[at + 1] = (end - z) / 4096;
      z = end;
    }
  }
  // What remains is p = 1/2, where n is rounded up to 2^31: 0.
  const bits = new Int32Array(table.buffer);
  for (let at = 1; at < bits.length; at += 2) bits[at] = (bits[at]! + 0x800) & ~0xfff;
  made = table;
  return table;
}
