/** Cosine and sine of fractions of a full turn, with the same bits in every engine. */

/** cos(2π·n/d) for integers n and d > 0. The fraction is reduced to an eighth of a turn exactly, so 0, ±½ and ±1 are exact too. */
export function cosTurn(n: number, d: number): number {
  // x = eighths / 8d of a turn, in [0, ½] by periodicity and evenness.
  let eighths = 8 * (((n % d) + d) % d);
  if (eighths > 4 * d) eighths = 8 * d - eighths;
  const negative = eighths > 2 * d;
  if (negative) eighths = 4 * d - eighths;
  const x = (Math.PI * Math.min(eighths, 2 * d - eighths)) / (4 * d);
  const value = eighths > d ? series(x, 21) * x : series(x, 20);
  return negative ? -value : value;
}

/** sin(2π·n/d), as {@link cosTurn}. */
export function sinTurn(n: number, d: number): number {
  return cosTurn(4 * (n % d) - d, 4 * d);
}

/** The last terms of a series of sine or cosine first, from that of x^k / k! on; for x in [0, π/4]. */
function series(x: number, k: number): number {
  let sum = 1;
  for (let n = k; n >= 2; n -= 2) sum = 1 - (sum * x * x) / (n * (n - 1));
  return sum;
}
