/** Learning rate over the steps. */

/**
 * Linear warm-up, then half a cosine to 0: lr · ½ (1 + cos(π · t)), t the share of the steps after the warm-up.
 *
 * @param step Counted from 0.
 */
export function cosine(step: number, steps: number, peak: number, warmUpSteps = 0): number {
  if (step < warmUpSteps) return (peak * (step + 1)) / warmUpSteps;
  return (peak / 2) * (1 + Math.cos((Math.PI * (step - warmUpSteps)) / Math.max(1, steps - warmUpSteps)));
}
