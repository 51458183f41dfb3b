/** Threefry-4x32-20, eight blocks at once: lane n of each vector belongs to block n, or 4 + n. See `src/random/threefry.ts`. */
import { VALUES } from "./memory";

function rotate(x: v128, bits: i32): v128 {
  return v128.or(i32x4.shl(x, bits), i32x4.shr_u(x, 32 - bits));
}

/** Stores four blocks: from one word of four blocks to the four words of one block. */
function store(at: usize, a: v128, b: v128, c: v128, d: v128): void {
  const ab = i32x4.shuffle(a, b, 0, 4, 1, 5);
  const AB = i32x4.shuffle(a, b, 2, 6, 3, 7);
  const cd = i32x4.shuffle(c, d, 0, 4, 1, 5);
  const CD = i32x4.shuffle(c, d, 2, 6, 3, 7);
  v128.store(at, i64x2.shuffle(ab, cd, 0, 2));
  v128.store(at, i64x2.shuffle(ab, cd, 1, 3), 16);
  v128.store(at, i64x2.shuffle(AB, CD, 0, 2), 32);
  v128.store(at, i64x2.shuffle(AB, CD, 1, 3), 48);
}

/**
 * Writes `groups` times 16 words: the blocks of counters (low, next) and up. `low` must be a multiple of 4, so that a
 * carry falls between two groups. Two groups are made side by side, so that one computes while the other waits for its
 * last result; of an odd number, the second one of the last pair is written too, into the room behind.
 */
export function words(k0: i32, k1: i32, k2: i32, k3: i32, low: i32, next: i32, groups: i32): void {
  const k4 = 0x1bd11bda ^ k0 ^ k1 ^ k2 ^ k3;
  const end = VALUES + ((<usize>groups) << 6);
  for (let at = VALUES; at < end; at += 128) {
    // The key's words take turns: r is the first that the next injection adds.
    let q = i32x4.splat(k0);
    let r = i32x4.splat(k1);
    let s = i32x4.splat(k2);
    let t = i32x4.splat(k3);
    let u = i32x4.splat(k4);
    const low2 = low + 4;
    const next2 = low2 === 0 ? next + 1 : next;
    let a = i32x4.add(i32x4.splat(low + k0), i32x4(0, 1, 2, 3));
    let a2 = i32x4.add(i32x4.splat(low2 + k0), i32x4(0, 1, 2, 3));
    let b = i32x4.splat(next + k1);
    let b2 = i32x4.splat(next2 + k1);
    let c = s;
    let c2 = s;
    let d = t;
    let d2 = t;
    for (let injection = 1; ; injection += 2) {
      a = i32x4.add(a, b);
      b = v128.xor(rotate(b, 10), a);
      c = i32x4.add(c, d);
      d = v128.xor(rotate(d, 26), c);
      a2 = i32x4.add(a2, b2);
      b2 = v128.xor(rotate(b2, 10), a2);
      c2 = i32x4.add(c2, d2);
      d2 = v128.xor(rotate(d2, 26), c2);
      a = i32x4.add(a, d);
      d = v128.xor(rotate(d, 11), a);
      c = i32x4.add(c, b);
      b = v128.xor(rotate(b, 21), c);
      a2 = i32x4.add(a2, d2);
      d2 = v128.xor(rotate(d2, 11), a2);
      c2 = i32x4.add(c2, b2);
      b2 = v128.xor(rotate(b2, 21), c2);
      a = i32x4.add(a, b);
      b = v128.xor(rotate(b, 13), a);
      c = i32x4.add(c, d);
      d = v128.xor(rotate(d, 27), c);
      a2 = i32x4.add(a2, b2);
      b2 = v128.xor(rotate(b2, 13), a2);
      c2 = i32x4.add(c2, d2);
      d2 = v128.xor(rotate(d2, 27), c2);
      a = i32x4.add(a, d);
      d = v128.xor(rotate(d, 23), a);
      c = i32x4.add(c, b);
      b = v128.xor(rotate(b, 5), c);
      a2 = i32x4.add(a2, d2);
      d2 = v128.xor(rotate(d2, 23), a2);
      c2 = i32x4.add(c2, b2);
      b2 = v128.xor(rotate(b2, 5), c2);
      const numbered = i32x4.add(u, i32x4.splat(injection));
      a = i32x4.add(a, r);
      a2 = i32x4.add(a2, r);
      b = i32x4.add(b, s);
      b2 = i32x4.add(b2, s);
      c = i32x4.add(c, t);
      c2 = i32x4.add(c2, t);
      d = i32x4.add(d, numbered);
      d2 = i32x4.add(d2, numbered);
      if (injection === 5) break;
      a = i32x4.add(a, b);
      b = v128.xor(rotate(b, 6), a);
      c = i32x4.add(c, d);
      d = v128.xor(rotate(d, 20), c);
      a2 = i32x4.add(a2, b2);
      b2 = v128.xor(rotate(b2, 6), a2);
      c2 = i32x4.add(c2, d2);
      d2 = v128.xor(rotate(d2, 20), c2);
      a = i32x4.add(a, d);
      d = v128.xor(rotate(d, 17), a);
      c = i32x4.add(c, b);
      b = v128.xor(rotate(b, 11), c);
      a2 = i32x4.add(a2, d2);
      d2 = v128.xor(rotate(d2, 17), a2);
      c2 = i32x4.add(c2, b2);
      b2 = v128.xor(rotate(b2, 11), c2);
      a = i32x4.add(a, b);
      b = v128.xor(rotate(b, 25), a);
      c = i32x4.add(c, d);
      d = v128.xor(rotate(d, 10), c);
      a2 = i32x4.add(a2, b2);
      b2 = v128.xor(rotate(b2, 25), a2);
      c2 = i32x4.add(c2, d2);
      d2 = v128.xor(rotate(d2, 10), c2);
      a = i32x4.add(a, d);
      d = v128.xor(rotate(d, 18), a);
      c = i32x4.add(c, b);
      b = v128.xor(rotate(b, 20), c);
      a2 = i32x4.add(a2, d2);
      d2 = v128.xor(rotate(d2, 18), a2);
      c2 = i32x4.add(c2, b2);
      b2 = v128.xor(rotate(b2, 20), c2);
      const numbered2 = i32x4.add(q, i32x4.splat(injection + 1));
      a = i32x4.add(a, s);
      a2 = i32x4.add(a2, s);
      b = i32x4.add(b, t);
      b2 = i32x4.add(b2, t);
      c = i32x4.add(c, u);
      c2 = i32x4.add(c2, u);
      d = i32x4.add(d, numbered2);
      d2 = i32x4.add(d2, numbered2);
      const first = q;
      const second = r;
      q = s;
      r = t;
      s = u;
      t = first;
      u = second;
    }
    store(at, a, b, c, d);
    store(at + 64, a2, b2, c2, d2);
    low = low2 + 4;
    next = low === 0 ? next2 + 1 : next2;
  }
}
