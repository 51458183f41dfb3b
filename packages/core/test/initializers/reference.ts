/** Slow and plain reference code that the initializers' tests compare with, and generators of shapes. */
import type { GenerateOptions, Layout } from "@idinit/core";
import fc from "fast-check";

export const LAYOUTS_BY_SPATIAL: readonly (readonly Layout[])[] = [
  ["OI", "IO"],
  ["OIW", "WIO", "IOW", "WOI"],
  ["OIHW", "HWIO", "IOHW", "HWOI"],
  ["OIDHW", "DHWIO", "IODHW", "DHWOI"],
];

/** A kernel by meaning. */
export interface Spec {
  readonly out: number;
  /** Per group. */
  readonly inputs: number;
  readonly spatial: readonly number[];
  readonly groups: number;
  readonly transposed: boolean;
}

export const taps = ({ spatial }: Spec) => spatial.reduce((product, size) => product * size, 1);

/** The stored shape in a layout. */
export function storedShape(spec: Spec, layout: Layout): number[] {
  const spatial = [...spec.spatial];
  return [...layout].map((letter) => {
    if (letter === "O") return spec.transposed ? spec.out / spec.groups : spec.out;
    if (letter === "I") return spec.transposed ? spec.inputs * spec.groups : spec.inputs;
    return spatial.shift()!;
  });
}

/** Moves canonical values (out, in per group, taps) to a layout, one element at a time, by multi-index. */
export function permute(canonical: ArrayLike<number>, spec: Spec, layout: Layout): Float32Array {
  const shape = storedShape(spec, layout);
  const rows = spec.out / spec.groups;
  const stored = new Float32Array(canonical.length);
  let from = 0;
  for (let m = 0; m < spec.out; m++) {
    for (let j = 0; j < spec.inputs; j++) {
      for (let t = 0; t < taps(spec); t++) {
        const position = unravel(t, spec.spatial);
        const o = spec.transposed ? m % rows : m;
        const i = spec.transposed ? Math.floor(m / rows) * spec.inputs + j : j;
        const index = [...layout].map((letter) => (letter === "O" ? o : letter === "I" ? i : position.shift()!));
        stored[index.reduce((sum, value, axis) => sum * shape[axis]! + value, 0)] = canonical[from++]!;
      }
    }
  }
  return stored;
}

function unravel(index: number, sizes: readonly number[]): number[] {
  const position: number[] = [];
  let rest = index;
  for (const size of [...sizes].reverse()) {
    position.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return position;
}

/** Any small kernel. */
const specs = fc
  .record({
    rows: fc.integer({ min: 1, max: 7 }),
    inputs: fc.integer({ min: 1, max: 7 }),
    spatial: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 3 }),
    groups: fc.integer({ min: 1, max: 4 }),
    transposed: fc.boolean(),
  })
  .map(({ rows, ...rest }): Spec => ({ ...rest, out: rows * rest.groups }));

/** Any small kernel with a layout to store it in. */
export const stored = specs.chain((spec) =>
  fc.constantFrom(...LAYOUTS_BY_SPATIAL[spec.spatial.length]!).map((layout) => ({ spec, layout })),
);

export function optionsOf({ groups, transposed }: Spec, rest: GenerateOptions = {}): GenerateOptions {
  return { groups, transposed, ...rest };
}

/** Splits a flat matrix into rows. */
export function rowsOf(values: ArrayLike<number>, columns: number): number[][] {
  return Array.from({ length: values.length / columns }, (_, row) =>
    Array.from({ length: columns }, (_, column) => values[row * columns + column]!),
  );
}

/** Rank by Gaussian elimination with full row pivoting. */
export function rank(matrix: readonly (readonly number[])[], tolerance = 1e-9): number {
  const rows = matrix.map((row) => [...row]);
  let found = 0;
  for (let column = 0; column < (rows[0]?.length ?? 0); column++) {
    const pivot = rows.findIndex((row, i) => i >= found && Math.abs(row[column]!) > tolerance);
    if (pivot < 0) continue;
    [rows[found], rows[pivot]] = [rows[pivot]!, rows[found]!];
    for (let i = found + 1; i < rows.length; i++) {
      const factor = rows[i]![column]! / rows[found]![column]!;
      rows[i] = rows[i]!.map((value, k) => value - factor * rows[found]![k]!);
    }
    found++;
  }
  return found;
}
