/** Where things lie in the module's first page of memory. `src/wasm/kernels.ts` holds the same numbers. */

/** Coefficients of the normal quantile: 32 octaves of 32 pieces of 4 numbers, 32 kB. */
export const TABLE: usize = 0;

/** Words that `words` makes and the other kernels turn into values in place, 16 kB. */
export const VALUES: usize = 0x8000;
