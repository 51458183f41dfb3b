/** Numbers as people read them. */

/** `"98.26 ± 0.10"`; without the deviation for a single value, `"–"` for none. */
export function meanAndDeviation(values: readonly number[], digits: number, scale = 1): string {
  if (values.length === 0) return "–";
  const scaled = values.map((value) => value * scale);
  const average = mean(scaled).toFixed(digits);
  return values.length === 1 ? average : `${average} ± ${deviation(scaled).toFixed(digits)}`;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The sample's standard deviation, n − 1 in the denominator. */
function deviation(values: readonly number[]): number {
  const average = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - average) ** 2, 0) / (values.length - 1));
}

/** The same in three significant digits: `"2.19"`, `"0.0012 ± 0.0004"`. */
export function meanInShort(values: readonly number[]): string {
  if (values.length === 0) return "–";
  const average = short(mean(values));
  return values.length === 1 || deviation(values) === 0 ? average : `${average} ± ${short(deviation(values))}`;
}

/** Three significant digits, powers of ten where they are far from 1: `"0.0123"`, `"4.1e-12"`. */
export function short(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (!Number.isFinite(value)) return String(value);
  if (size >= 1e5 || size < 1e-3) return value.toExponential(1).replace(".0e", "e").replace("e+", "e");
  return size >= 100 ? value.toFixed(0) : Number(value.toPrecision(3)).toString();
}
