/** Matrix product; `src/linear/multiplyAdd.ts` is the same in JavaScript. */

/**
 * C += A·B for row-major float64 matrices at byte addresses a [m, k], b [k, n], c [m, n], whose rows are `strideA`,
 * `strideB`, `strideC` bytes apart. Each element adds its products in the order of k, so tiles leave no trace.
 */
export function multiplyAdd(
  c: usize,
  strideC: usize,
  a: usize,
  strideA: usize,
  b: usize,
  strideB: usize,
  m: i32,
  k: i32,
  n: i32,
): void {
  let row = 0;
  for (; row + 4 <= m; row += 4) {
    const c0 = c + <usize>row * strideC;
    const a0 = a + <usize>row * strideA;
    let column = 0;
    for (; column + 4 <= n; column += 4) {
      const at = c0 + ((<usize>column) << 3);
      tile(at, strideC, a0, strideA, b + ((<usize>column) << 3), strideB, k);
    }
    for (; column < n; column++) {
      for (let i = 0; i < 4; i++) {
        const at = c0 + <usize>i * strideC + ((<usize>column) << 3);
        element(at, a0 + <usize>i * strideA, b + ((<usize>column) << 3), strideB, k);
      }
    }
  }
  for (; row < m; row++) {
    for (let column = 0; column < n; column++) {
      const at = c + <usize>row * strideC + ((<usize>column) << 3);
      element(at, a + <usize>row * strideA, b + ((<usize>column) << 3), strideB, k);
    }
  }
}

function element(c: usize, a: usize, b: usize, strideB: usize, k: i32): void {
  let sum = load<f64>(c);
  for (let i = 0; i < k; i++, a += 8, b += strideB) sum += load<f64>(a) * load<f64>(b);
  store<f64>(c, sum);
}

/** Four rows by four columns, held in registers. */
function tile(c: usize, strideC: usize, a: usize, strideA: usize, b: usize, strideB: usize, k: i32): void {
  const c1 = c + strideC;
  const c2 = c1 + strideC;
  const c3 = c2 + strideC;
  let s00 = v128.load(c);
  let s01 = v128.load(c, 16);
  let s10 = v128.load(c1);
  let s11 = v128.load(c1, 16);
  let s20 = v128.load(c2);
  let s21 = v128.load(c2, 16);
  let s30 = v128.load(c3);
  let s31 = v128.load(c3, 16);
  let a1 = a + strideA;
  let a2 = a1 + strideA;
  let a3 = a2 + strideA;
  for (let i = 0; i < k; i++) {
    const left = v128.load(b);
    const right = v128.load(b, 16);
    const x0 = v128.load64_splat(a);
    s00 = f64x2.add(s00, f64x2.mul(x0, left));
    s01 = f64x2.add(s01, f64x2.mul(x0, right));
    const x1 = v128.load64_splat(a1);
    s10 = f64x2.add(s10, f64x2.mul(x1, left));
    s11 = f64x2.add(s11, f64x2.mul(x1, right));
    const x2 = v128.load64_splat(a2);
    s20 = f64x2.add(s20, f64x2.mul(x2, left));
    s21 = f64x2.add(s21, f64x2.mul(x2, right));
    const x3 = v128.load64_splat(a3);
    s30 = f64x2.add(s30, f64x2.mul(x3, left));
    s31 = f64x2.add(s31, f64x2.mul(x3, right));
    a += 8;
    a1 += 8;
    a2 += 8;
    a3 += 8;
    b += strideB;
  }
  v128.store(c, s00);
  v128.store(c, s01, 16);
  v128.store(c1, s10);
  v128.store(c1, s11, 16);
  v128.store(c2, s20);
  v128.store(c2, s21, 16);
  v128.store(c3, s30);
  v128.store(c3, s31, 16);
}
