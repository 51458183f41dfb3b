/** The seed of a step's random masks. */

/** 32 bits from whole numbers, each of which changes all of them (the last step of MurmurHash3, once a number). */
export function stepSeed(...numbers: readonly number[]): number {
  let h = 0x9e3779b9;
  for (const number of numbers) {
    h = Math.imul(h ^ number, 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    h ^= h >>> 16;
  }
  return h >>> 0;
}
