/**
 * Natural logarithm and exponential from operations that IEEE 754 rounds exactly. `Math.log` and `Math.exp` may differ
 * in the last bits from engine to engine, and generated weights must not. Relative error below 1e-15.
 */

/** ln 2 in two parts: the first has few enough bits that its product with a small integer is exact. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/** ln(x) for a finite normal x > 0, by x = m·2^e and the series of 2·artanh((m − 1) / (m + 1)). */
export function ln(x: number): number {
  let mantissa = x;
  let exponent = 0;
  while (mantissa < Math.SQRT1_2) {
    mantissa *= 2;
    exponent--;
  }
  while (mantissa >= Math.SQRT2) {
    mantissa *= 0.5;
    exponent++;
  }
  const s = (mantissa - 1) / (mantissa + 1);
  const square = s * s;
  let sum = 0;
  for (let n = 21; n >= 1; n -= 2) sum = sum * square + 1 / n;
  return exponent * LN2_HIGH + (2 * s * sum + exponent * LN2_LOW);
}

/** e^x for x in [-745, 709], by x = n·ln 2 + r and the Taylor series of e^r. */
export function exp(x: number): number {
  const n = Math.floor(x / Math.LN2 + 0.5);
  const r = x - n * LN2_HIGH - n * LN2_LOW;
  let sum = 1;
  for (let k = 17; k >= 1; k--) sum = 1 + (sum * r) / k;
  const factor = n < 0 ? 0.5 : 2;
  for (let k = Math.abs(n); k > 0; k--) sum *= factor;
  return sum;
}
