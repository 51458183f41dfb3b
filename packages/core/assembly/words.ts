/** Threefry-4x32-20, four blocks at once: lane n of each vector belongs to block n. See `src/random/threefry.ts`. */
import { VALUES } from "./memory";

function rotate(x: v128, bits: i32): v128 {
  return v128.or(i32x4.shl(x, bits), i32x4.shr_u(x, 32 - bits));
}

/**
 * Writes `groups` times 16 words: the blocks of counters (low, next) and up. `low` must be a multiple of 4, so that a
 * carry falls between two groups.
 */
export function words(k0: i32, k1: i32, k2: i32, k3: i32, low: i32, next: i32, groups: i32): void {
  const k4 = 0x1bd11bda ^ k0 ^ k1 ^ k2 ^ k3;
  const s0 = i32x4.splat(k0);
  const s1 = i32x4.splat(k1);
  const s2 = i32x4.splat(k2);
  const s3 = i32x4.splat(k3);
  const s4 = i32x4.splat(k4);
  // The keys of each injection's last word, with the injection's number.
  const d1 = i32x4.splat(k4 + 1);
  const d2 = i32x4.splat(k0 + 2);
  const d3 = i32x4.splat(k1 + 3);
  const d4 = i32x4.splat(k2 + 4);
  const d5 = i32x4.splat(k3 + 5);
  const end = VALUES + ((<usize>groups) << 6);
  for (let at = VALUES; at < end; at += 64) {
    let a = i32x4.add(i32x4.splat(low + k0), i32x4(0, 1, 2, 3));
    let b = i32x4.splat(next + k1);
    let c = s2;
    let d = s3;
    a = i32x4.add(a, b);
    b = v128.xor(rotate(b, 10), a);
    c = i32x4.add(c, d);
    d = v128.xor(rotate(d, 26), c);
    a = i32x4.add(a, d);
    d = v128.xor(rotate(d, 11), a);
    c = i32x4.add(c, b);
    b = v128.xor(rotate(b, 21), c);
    a = i32x4.add(a, b);
    b = v128.xor(rotate(b, 13), a);
    c = i32x4.add(c, d);
    d = v128.xor(rotate(d, 27), c);
    a = i32x4.add(a, d);
    d = v128.xor(rotate(d, 23), a);
    c = i32x4.add(c, b);
    b = v128.xor(rotate(b, 5), c);
    a = i32x4.add(a, s1);
    b = i32x4.add(b, s2);
    c = i32x4.add(c, s3);
    d = i32x4.add(d, d1);
    a = i32x4.add(a, b);
    b = v128.xor(rotate(b, 6), a);
    c = i32x4.add(c, d);
    d = v128.xor(rotate(d, 20), c);
    a = i32x4.add(a, d);
    d = v128.xor(rotate(d, 17), a);
    c = i32x4.add(c, b);
    b = v128.xor(rotate(b, 11), c);
    a = i32x4.add(a, b);
    b = v128.xor(rotate(b, 25), a);
    c = i32x4.add(c, d);
    d = v128.xor(rotate(d, 10), c);
    a = i32x4.add(a, d);
    d = v128.xor(rotate(d, 18), a);
    c = i32x4.add(c, b);
    b = v128.xor(rotate(b, 20), c);
    a = i32x4.add(a, s2);
    b = i32x4.add(b, s3);
    c = i32x4.add(c, s4);
    d = i32x4.add(d, d2);
    a = i32x4.add(a, b);
    b = v128.xor(rotate(b, 10), a);
    c = i32x4.add(c, d);
    d = v128.xor(rotate(d, 26), c);
    a = i32x4.add(a, d);
    d = v128.xor(rotate(d, 11), a);
    c = i32x4.add(c, b);
    b = v128.xor(rotate(b, 21), c);
    a = i32x4.add(a, b);
    b = v128.xor(rotate(b, 13), a);
    c = i32x4.add(c, d);
    d = v128.xor(rotate(d, 27), c);
    a = i32x4.add(a, d);
    d = v128.xor(rotate(d, 23), a);
    c = i32x4.add(c, b);
    b = v128.xor(rotate(b, 5), c);
    a = i32x4.add(a, s3);
    b = i32x4.add(b, s4);
    c = i32x4.add(c, s0);
    d = i32x4.add(d, d3);
    a = i32x4.add(a, b);
    b = v128.xor(rotate(b, 6), a);
    c = i32x4.add(c, d);
    d = v128.xor(rotate(d, 20), c);
    a = i32x4.add(a, d);
    d = v128.xor(rotate(d, 17), a);
    c = i32x4.add(c, b);
    b = v128.xor(rotate(b, 11), c);
    a = i32x4.add(a, b);
    b = v128.xor(rotate(b, 25), a);
    c = i32x4.add(c, d);
    d = v128.xor(rotate(d, 10), c);
    a = i32x4.add(a, d);
    d = v128.xor(rotate(d, 18), a);
    c = i32x4.add(c, b);
    b = v128.xor(rotate(b, 20), c);
    a = i32x4.add(a, s4);
    b = i32x4.add(b, s0);
    c = i32x4.add(c, s1);
    d = i32x4.add(d, d4);
    a = i32x4.add(a, b);
    b = v128.xor(rotate(b, 10), a);
    c = i32x4.add(c, d);
    d = v128.xor(rotate(d, 26), c);
    a = i32x4.add(a, d);
    d = v128.xor(rotate(d, 11), a);
    c = i32x4.add(c, b);
    b = v128.xor(rotate(b, 21), c);
    a = i32x4.add(a, b);
    b = v128.xor(rotate(b, 13), a);
    c = i32x4.add(c, d);
    d = v128.xor(rotate(d, 27), c);
    a = i32x4.add(a, d);
    d = v128.xor(rotate(d, 23), a);
    c = i32x4.add(c, b);
    b = v128.xor(rotate(b, 5), c);
    a = i32x4.add(a, s0);
    b = i32x4.add(b, s1);
    c = i32x4.add(c, s2);
    d = i32x4.add(d, d5);
    // From one word of four blocks to the four words of one block.
    const ab = i32x4.shuffle(a, b, 0, 4, 1, 5);
    const AB = i32x4.shuffle(a, b, 2, 6, 3, 7);
    const cd = i32x4.shuffle(c, d, 0, 4, 1, 5);
    const CD = i32x4.shuffle(c, d, 2, 6, 3, 7);
    v128.store(at, i64x2.shuffle(ab, cd, 0, 2));
    v128.store(at, i64x2.shuffle(ab, cd, 1, 3), 16);
    v128.store(at, i64x2.shuffle(AB, CD, 0, 2), 32);
    v128.store(at, i64x2.shuffle(AB, CD, 1, 3), 48);
    low += 4;
    if (low === 0) next++;
  }
}
