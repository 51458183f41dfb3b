/** Whether engines agree: runs that differ only in the engine start from equal weights and see equal batches. */
import type { Run } from "../runs.js";
import type { Group } from "./summarize.js";

export interface Agreement {
  readonly group: Group;
  readonly scheme: string;
  readonly seed: number;
  readonly engine: string;
  readonly reference: string;
  /** Relative difference of the loss before the first update, and after ten; absent where a run has no such step. */
  readonly first?: number;
  readonly tenth?: number;
}

/** Each run against the run of the first engine in its group with the same scheme and seed. */
export function agreements(groups: readonly Group[]): Agreement[] {
  return groups.flatMap((group) => {
    // A loss of another kind can't be compared.
    const runs = group.rows.flatMap((row) => row.runs).filter(({ start }) => start.framework.objective === undefined);
    return runs.flatMap((run) => {
      const { scheme, seed, engine } = run.start;
      const reference = runs.find(({ start }) => start.scheme === scheme && start.seed === seed);
      if (!reference || reference === run) return [];
      const first = difference(run, reference, 0);
      const tenth = difference(run, reference, 10);
      return [
        {
          group,
          scheme,
          seed,
          engine,
          reference: reference.start.engine,
          ...(first !== undefined && { first }),
          ...(tenth !== undefined && { tenth }),
        },
      ];
    });
  });
}

/** A relative difference as text: `"6.2e-7"`, `"0"`, `"–"` where there is none. */
export function showDifference(value: number | undefined): string {
  return value === undefined ? "–" : value === 0 ? "0" : value.toExponential(1);
}

function difference(run: Run, reference: Run, step: number): number | undefined {
  const [ours, theirs] = [run, reference].map(
    ({ losses }) => losses.find(({ from, to }) => from === step && to === step)?.loss,
  );
  if (ours === undefined || theirs === undefined) return undefined;
  return Math.abs(ours - theirs) / Math.max(Math.abs(theirs), Number.MIN_VALUE);
}
