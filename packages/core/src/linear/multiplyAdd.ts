/** Matrix product in plain JavaScript; `assembly/multiplyAdd.ts` is the same. */

/** A row-major matrix in an array: the offset of its first element and the distance of its rows. */
interface Place {
  readonly at: number;
  readonly stride: number;
}

/** C += A·B for C [m, n], A [m, k], B [k, n]. Each element adds its products in the order of k. */
export type MultiplyAdd = (c: Place, a: Place, b: Place, m: number, k: number, n: number) => void;

/** {@link MultiplyAdd} on one array that holds all three. */
export function plainMultiplyAdd(data: Float64Array): MultiplyAdd {
  return (c, a, b, m, k, n) => {
    let row = 0;
    for (; row + 2 <= m; row += 2) {
      let column = 0;
      for (; column + 4 <= n; column += 4) tile(data, c, a, b, row, column, k);
      for (; column < n; column++) {
        element(data, c, a, b, row, column, k);
        element(data, c, a, b, row + 1, column, k);
      }
    }
    for (; row < m; row++) for (let column = 0; column < n; column++) element(data, c, a, b, row, column, k);
  };
}

function element(data: Float64Array, c: Place, a: Place, b: Place, row: number, column: number, k: number): void {
  const to = c.at + row * c.stride + column;
  const left = a.at + row * a.stride;
  let sum = data[to]!;
  for (let i = 0, right = b.at + column; i < k; i++, right += b.stride) sum += data[left + i]! * data[right]!;
  data[to] = sum;
}

/** Two rows by four columns, held in registers. */
function tile(data: Float64Array, c: Place, a: Place, b: Place, row: number, column: number, k: number): void {
  const upper = c.at + row * c.stride + column;
  const lower = upper + c.stride;
  let u0 = data[upper]!;
  let u1 = data[upper + 1]!;
  let u2 = data[upper + 2]!;
  let u3 = data[upper + 3]!;
  let l0 = data[lower]!;
  let l1 = data[lower + 1]!;
  let l2 = data[lower + 2]!;
  let l3 = data[lower + 3]!;
  let first = a.at + row * a.stride;
  let second = first + a.stride;
  let right = b.at + column;
  for (let i = 0; i < k; i++) {
    const x = data[first++]!;
    const y = data[second++]!;
    const b0 = data[right]!;
    const b1 = data[right + 1]!;
    const b2 = data[right + 2]!;
    const b3 = data[right + 3]!;
    u0 += x * b0;
    u1 += x * b1;
    u2 += x * b2;
    u3 += x * b3;
    l0 += y * b0;
    l1 += y * b1;
    l2 += y * b2;
    l3 += y * b3;
    right += b.stride;
  }
  data[upper] = u0;
  data[upper + 1] = u1;
  data[upper + 2] = u2;
  data[upper + 3] = u3;
  data[lower] = l0;
  data[lower + 1] = l1;
  data[lower + 2] = l2;
  data[lower + 3] = l3;
}
