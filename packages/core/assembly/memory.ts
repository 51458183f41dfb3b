/** Where things lie in the module's memory. `src/random/accelerated.ts` holds the same numbers. */

/** Lines of the normal quantile: 32 octaves of 2048 pieces of 2 numbers, 512 kB. */
export const TABLE: usize = 0;

/** Words that `words` makes and the other kernels turn into values in place, 8 kB. */
export const VALUES: usize = 0x80000;
