/**
 * Dimensions: a number, or a string for what is known only at run time. Products of names are kept in canonical form
 * (`"2*B*T"`, factors sorted), so that equal products compare equal.
 */
export type Dim = number | string;

interface Product {
  readonly factor: number;
  readonly names: readonly string[];
}

function parse(dim: Dim): Product {
  if (typeof dim === "number") return { factor: dim, names: [] };
  const parts = dim.split("*");
  const factor = /^\d+$/.test(parts[0]!) ? Number(parts.shift()) : 1;
  return { factor, names: parts };
}

function print({ factor, names }: Product): Dim {
  if (names.length === 0 || factor === 0) return factor;
  const sorted = [...names].sort();
  return factor === 1 ? sorted.join("*") : [String(factor), ...sorted].join("*");
}

/** The product of dimensions. */
export function product(dims: readonly Dim[]): Dim {
  let factor = 1;
  const names: string[] = [];
  for (const dim of dims) {
    const p = parse(dim);
    factor *= p.factor;
    names.push(...p.names);
  }
  return print({ factor, names });
}

/** `total / part` where it comes out even, else `undefined`. */
export function quotient(total: Dim, part: Dim): Dim | undefined {
  const a = parse(total);
  const b = parse(part);
  if (b.factor === 0 || a.factor % b.factor !== 0) return undefined;
  const names = [...a.names];
  for (const name of b.names) {
    const at = names.indexOf(name);
    if (at < 0) return undefined;
    names.splice(at, 1);
  }
  return print({ factor: a.factor / b.factor, names });
}

/** The value of a dimension under bindings of names to sizes, or `undefined` where a name is not bound. */
export function evaluateDim(dim: Dim, bindings: ReadonlyMap<string, number>): number | undefined {
  const { factor, names } = parse(dim);
  let value = factor;
  for (const name of names) {
    const bound = bindings.get(name);
    if (bound === undefined) return undefined;
    value *= bound;
  }
  return value;
}

/**
 * Shape of an elementwise operation; `undefined` for numbers that do not fit. Where a named dimension meets another one, they are
 * equal or one of them is 1: the result has a name made of both.
 */
export function broadcast(a: readonly Dim[], b: readonly Dim[]): Dim[] | undefined {
  const rank = Math.max(a.length, b.length);
  const out: Dim[] = [];
  for (let i = 0; i < rank; i++) {
    const x = a[i - rank + a.length] ?? 1;
    const y = b[i - rank + b.length] ?? 1;
    if (x === y || y === 1) out.push(x);
    else if (x === 1) out.push(y);
    else if (typeof x === "number" && typeof y === "number") return undefined;
    // A named size beside a number above 1 can only be that number (or 1, which then stretches to it).
    else if (typeof x === "number") out.push(x);
    else if (typeof y === "number") out.push(y);
    else out.push([...new Set([...x.split("|"), ...y.split("|")])].sort().join("|").replaceAll("*", "_"));
  }
  return out;
}

/** Counts from the end for negative axes. */
export const axisOf = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);
