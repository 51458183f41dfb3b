/** Small matrices in double precision. */

export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  /** Row by row. */
  readonly values: Float64Array;
}

export function identityMatrix(size: number): Matrix {
  const values = new Float64Array(size * size);
  for (let i = 0; i < size; i++) values[i * (size + 1)] = 1;
  return { rows: size, columns: size, values };
}

/** a · b. */
export function multiply(a: Matrix, b: Matrix): Matrix {
  const values = new Float64Array(a.rows * b.columns);
  for (let i = 0; i < a.rows; i++) {
    for (let k = 0; k < a.columns; k++) {
      const factor = a.values[i * a.columns + k]!;
      for (let j = 0; j < b.columns; j++) values[i * b.columns + j]! += factor * b.values[k * b.columns + j]!;
    }
  }
  return { rows: a.rows, columns: b.columns, values };
}

export function transposed({ rows, columns, values }: Matrix): Matrix {
  return {
    rows: columns,
    columns: rows,
    values: Float64Array.from(values, (_, at) => values[(at % rows) * columns + Math.floor(at / rows)]!),
  };
}

/** The columns made orthonormal one after the other (Gram-Schmidt, twice for the rounding); they must be independent. */
export function orthonormalColumns(matrix: Matrix): Matrix {
  const lines = Array.from({ length: matrix.columns }, (_, j) =>
    Float64Array.from({ length: matrix.rows }, (__, i) => matrix.values[i * matrix.columns + j]!),
  );
  lines.forEach((line, j) => {
    for (const before of [...lines.slice(0, j), ...lines.slice(0, j)]) {
      const overlap = line.reduce((sum, value, i) => sum + value * before[i]!, 0);
      for (let i = 0; i < line.length; i++) line[i]! -= overlap * before[i]!;
    }
    const length = Math.sqrt(line.reduce((sum, value) => sum + value * value, 0));
    for (let i = 0; i < line.length; i++) line[i]! /= length;
  });
  return transposed({
    rows: matrix.columns,
    columns: matrix.rows,
    values: Float64Array.from(lines.flatMap((line) => [...line])),
  });
}
