/** One run that can be done: scenario × variant × engine × scheme × seed. */
import type { EndRecord, Framework, RunKey, RunRecord } from "../records.js";

export interface JobHooks {
  write(record: RunRecord): void;
  /** Steps done so far, and what to show beside them. */
  onStep(done: number, note: string): void;
  readonly signal: AbortSignal;
}

/** How a job ended, without what every end has. */
export type JobEnd = Omit<EndRecord, "type" | "run" | "time" | "seconds">;

export interface Job {
  readonly id: string;
  readonly key: RunKey;
  /** Steps that {@link execute} counts. */
  readonly steps: number;
  /** Why it can't be done here, or `undefined`. */
  unsupported(): Promise<string | undefined>;
  describe(): Promise<Framework>;
  execute(hooks: JobHooks): Promise<JobEnd>;
}

/** How people name a job. */
export function titleOf({ scenario, variant, engine, scheme, seed }: RunKey): string {
  return `${scenario}/${variant} ${scheme} seed ${seed} on ${engine}`;
}
