/**
 * One-dimensional transforms of the Winograd convolution F(4, 3) with the points 0, 1, -1, 1/2, -2 and infinity, whose
 * rounding errors are half those of the usual 0, ±1, ±2: `y = Aᵀ[(G g) ∘ (Bᵀ d)]` makes four outputs of a correlation
 * with three taps from six inputs with six products (Lavin and Gray 2016, "Fast Algorithms for Convolutional Neural
 * Networks", section 4). Each makes `count` transforms of vectors of four channels: the values of one are `from` and `to`
 * bytes apart, those of the next begin `nextSource` and `nextTarget` bytes behind.
 */

/** Bᵀ: six inputs to six. */
export function inputs(
  count: i32,
  target: usize,
  to: usize,
  nextTarget: usize,
  source: usize,
  from: usize,
  nextSource: usize,
): void {
  for (let i = 0; i < count; i++, target += nextTarget, source += nextSource) {
    let at = source;
    let into = target;
    const d0 = v128.load(at);
    const d1 = v128.load((at += from));
    const d2 = v128.load((at += from));
    const d3 = v128.load((at += from));
    const d4 = v128.load((at += from));
    const d5 = v128.load(at + from);
    const half = f32x4.splat(0.5);
    const middle = f32x4.splat(1.5);
    const p = f32x4.sub(d3, d1);
    const q = f32x4.sub(d4, d2);
    v128.store(into, f32x4.add(f32x4.add(f32x4.sub(d0, d2), q), f32x4.mul(middle, p)));
    v128.store((into += to), f32x4.add(f32x4.add(p, q), f32x4.mul(middle, f32x4.add(d2, d3))));
    v128.store((into += to), f32x4.add(f32x4.sub(q, p), f32x4.mul(middle, f32x4.sub(d3, d2))));
    v128.store((into += to), f32x4.add(f32x4.add(p, p), q));
    v128.store((into += to), f32x4.sub(q, f32x4.mul(half, p)));
    v128.store(into + to, f32x4.add(f32x4.sub(f32x4.sub(d5, d3), p), f32x4.mul(middle, q)));
  }
}

/** Aᵀ: six products to four outputs. */
export function outputs(
  count: i32,
  target: usize,
  to: usize,
  nextTarget: usize,
  source: usize,
  from: usize,
  nextSource: usize,
): void {
  for (let i = 0; i < count; i++, target += nextTarget, source += nextSource) {
    let at = source;
    let into = target;
    const m0 = v128.load(at);
    const m1 = v128.load((at += from));
    const m2 = v128.load((at += from));
    const m3 = v128.load((at += from));
    const m4 = v128.load((at += from));
    const m5 = v128.load(at + from);
    const sum = f32x4.add(m1, m2);
    const difference = f32x4.sub(m1, m2);
    const half = f32x4.mul(f32x4.splat(0.5), m3);
    const twice = f32x4.add(m4, m4);
    const quarter = f32x4.mul(f32x4.splat(0.25), m3);
    const fourfold = f32x4.add(twice, twice);
    v128.store(into, f32x4.add(f32x4.add(m0, sum), f32x4.add(m3, m4)));
    v128.store((into += to), f32x4.add(difference, f32x4.sub(half, twice)));
    v128.store((into += to), f32x4.add(sum, f32x4.add(quarter, fourfold)));
    const eighth = f32x4.sub(f32x4.mul(f32x4.splat(0.125), m3), f32x4.add(fourfold, fourfold));
    v128.store(into + to, f32x4.add(f32x4.add(difference, eighth), m5));
  }
}

/** A: four gradients of outputs to six. */
export function gradients(
  count: i32,
  target: usize,
  to: usize,
  nextTarget: usize,
  source: usize,
  from: usize,
  nextSource: usize,
): void {
  for (let i = 0; i < count; i++, target += nextTarget, source += nextSource) {
    let at = source;
    let into = target;
    const y0 = v128.load(at);
    const y1 = v128.load((at += from));
    const y2 = v128.load((at += from));
    const y3 = v128.load(at + from);
    const even = f32x4.add(y0, y2);
    const odd = f32x4.add(y1, y3);
    const quarter = f32x4.mul(f32x4.splat(0.25), y3);
    const fourfold = f32x4.mul(f32x4.splat(4), y3);
    v128.store(into, y0);
    v128.store((into += to), f32x4.add(even, odd));
    v128.store((into += to), f32x4.sub(even, odd));
    const smaller = f32x4.add(f32x4.mul(f32x4.splat(0.25), y2), f32x4.mul(f32x4.splat(0.5), f32x4.add(y1, quarter)));
    v128.store((into += to), f32x4.add(y0, smaller));
    const larger = f32x4.sub(f32x4.mul(f32x4.splat(4), y2), f32x4.mul(f32x4.splat(2), f32x4.add(y1, fourfold)));
    v128.store((into += to), f32x4.add(y0, larger));
    v128.store(into + to, y3);
  }
}

/** G: three taps to six. */
export function taps(
  count: i32,
  target: usize,
  to: usize,
  nextTarget: usize,
  source: usize,
  from: usize,
  nextSource: usize,
): void {
  for (let i = 0; i < count; i++, target += nextTarget, source += nextSource) {
    let at = source;
    let into = target;
    const g0 = v128.load(at);
    const g1 = v128.load((at += from));
    const g2 = v128.load(at + from);
    const ends = f32x4.add(g0, g2);
    const third = f32x4.splat(1.0 / 3.0);
    const fifteenth = f32x4.splat(1.0 / 15.0);
    const twice = f32x4.add(g1, g1);
    const steep = f32x4.add(f32x4.mul(f32x4.splat(4), g0), f32x4.add(twice, g2));
    const flat = f32x4.add(f32x4.sub(g0, twice), f32x4.mul(f32x4.splat(4), g2));
    v128.store(into, g0);
    v128.store((into += to), f32x4.mul(third, f32x4.add(ends, g1)));
    v128.store((into += to), f32x4.mul(third, f32x4.sub(g1, ends)));
    v128.store((into += to), f32x4.mul(f32x4.splat(-4.0 / 15.0), steep));
    v128.store((into += to), f32x4.mul(fifteenth, flat));
    v128.store(into + to, g2);
  }
}

/** Gᵀ: six products to the gradients of three taps. */
export function tapGradients(
  count: i32,
  target: usize,
  to: usize,
  nextTarget: usize,
  source: usize,
  from: usize,
  nextSource: usize,
): void {
  for (let i = 0; i < count; i++, target += nextTarget, source += nextSource) {
    let at = source;
    let into = target;
    const p0 = v128.load(at);
    const p1 = f32x4.mul(f32x4.splat(1.0 / 3.0), v128.load((at += from)));
    const p2 = f32x4.mul(f32x4.splat(1.0 / 3.0), v128.load((at += from)));
    const p3 = f32x4.mul(f32x4.splat(-4.0 / 15.0), v128.load((at += from)));
    const p4 = f32x4.mul(f32x4.splat(1.0 / 15.0), v128.load((at += from)));
    const p5 = v128.load(at + from);
    const four = f32x4.splat(4);
    const difference = f32x4.sub(p1, p2);
    v128.store(into, f32x4.add(f32x4.add(p0, difference), f32x4.add(f32x4.mul(four, p3), p4)));
    const slope = f32x4.sub(p3, p4);
    v128.store((into += to), f32x4.add(f32x4.add(p1, p2), f32x4.add(slope, slope)));
    v128.store(into + to, f32x4.add(f32x4.add(difference, p5), f32x4.add(p3, f32x4.mul(four, p4))));
  }
}
