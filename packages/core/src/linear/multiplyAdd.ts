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
    for (let row = 0; row < m; row++) {
      const from = a.at + row * a.stride;
      const to = c.at + row * c.stride;
      let column = 0;
      for (; column + 4 <= n; column += 4) four(data, to + column, from, b.at + column, b.stride, k);
      for (; column < n; column++) {
        let sum = data[to + column]!;
        for (let i = 0; i < k; i++) sum += data[from + i]! * data[b.at + i * b.stride + column]!;
        data[to + column] = sum;
      }
    }
  };
}

/** Four elements of a row at once: each value of A is read once for all of them. */
function four(data: Float64Array, to: number, from: number, first: number, stride: number, k: number): void {
  let s0 = data[to]!;
  let s1 = data[to + 1]!;
  let s2 = data[to + 2]!;
  let s3 = data[to + 3]!;
  let right = first;
  for (let i = from; i < from + k; i++) {
    const x = data[i]!;
    s0 += x * data[right]!;
    s1 += x * data[right + 1]!;
    s2 += x * data[right + 2]!;
    s3 += x * data[right + 3]!;
    right += stride;
  }
  data[to] = s0;
  data[to + 1] = s1;
  data[to + 2] = s2;
  data[to + 3] = s3;
}
