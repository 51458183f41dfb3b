/** Timing that is fair on a machine whose speed drifts. */

/** Something that takes a step and says how long it took. */
export interface Timed<T> {
  step(): Promise<T>;
}

/**
 * Durations of `steps` steps of each contender, taken in turns (A B C A B C ...) after `warmUp` turns that do not count.
 * One that fails is left out from then on; its place has the error instead.
 *
 * @param onStep called after each counted or warm-up turn with the number of turns done
 */
export async function interleave<T>(
  contenders: readonly Timed<T>[],
  {
    steps,
    warmUp,
    onStep,
  }: { readonly steps: number; readonly warmUp: number; readonly onStep?: (turn: number) => void },
): Promise<(T[] | Error)[]> {
  const results: (T[] | Error)[] = contenders.map(() => []);
  for (let turn = 0; turn < warmUp + steps; turn++) {
    for (const [index, contender] of contenders.entries()) {
      const durations = results[index]!;
      if (durations instanceof Error) continue;
      try {
        const duration = await contender.step();
        if (turn >= warmUp) durations.push(duration);
      } catch (error) {
        results[index] = error instanceof Error ? error : new Error(String(error));
      }
    }
    onStep?.(turn + 1);
  }
  return results;
}

/** The middle value, or the mean of the two middle ones. `NaN` of nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
