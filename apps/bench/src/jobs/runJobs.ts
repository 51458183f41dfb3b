/** Does the runs one after the other and records what happened. */
import type { Environment } from "../environment.js";
import type { Progress } from "../progress.js";
import type { Framework, RunRecord } from "../records.js";
import { type Job, type JobEnd, titleOf } from "./job.js";

export interface RunJobsOptions {
  readonly environment: Environment;
  readonly progress: Progress;
  readonly write: (record: RunRecord) => void;
  readonly signal: AbortSignal;
}

/** Number of runs by outcome. */
export interface Outcome {
  readonly finished: number;
  readonly diverged: number;
  readonly failed: number;
  readonly interrupted: number;
  readonly skipped: number;
}

/** Nothing was done. */
export const noOutcome: Outcome = { finished: 0, diverged: 0, failed: 0, interrupted: 0, skipped: 0 };

/**
 * Runs until all is done or the signal comes. A run that throws is recorded as failed and does not stop the others; a
 * record that can't be written stops everything.
 */
export async function runJobs(jobs: readonly Job[], options: RunJobsOptions): Promise<Outcome> {
  const outcome = { ...noOutcome };
  for (const [index, job] of jobs.entries()) {
    if (options.signal.aborted) break;
    const title = `[${index + 1}/${jobs.length}] ${titleOf(job.key)}`;
    const { reason, failure } = await askFirst(job);
    if (reason !== undefined) {
      const time = new Date().toISOString();
      options.write({ type: "skipped", run: job.id, time, ...job.key, reason });
      options.progress.line(`${title}  skipped: ${reason}`);
      outcome.skipped++;
      continue;
    }
    const { status } = await runOne(job, title, failure, options);
    outcome[status]++;
  }
  return outcome;
}

/** Why a job can't be done here, or where asking itself failed, with what: that is a failure of this job only. */
async function askFirst(job: Job): Promise<{ reason?: string | undefined; failure?: JobEnd }> {
  try {
    return { reason: await job.unsupported() };
  } catch (error) {
    return { failure: failed(error) };
  }
}

/** `failure`: what went wrong before the start. */
async function runOne(job: Job, title: string, failure: JobEnd | undefined, options: RunJobsOptions): Promise<JobEnd> {
  const { environment, progress, write, signal } = options;
  const started = performance.now();
  let end = failure;
  // What a framework that cannot say it is recorded as.
  let framework: Framework = { framework: job.key.engine, version: "unknown", device: "unknown" };
  try {
    if (!end) framework = await job.describe();
  } catch (error) {
    end = failed(error);
  }
  write({ type: "start", run: job.id, time: new Date().toISOString(), ...job.key, environment, framework });
  const bar = progress.bar(title, job.steps);
  let accuracy: number | undefined;
  let lost: unknown;
  const writeOrStop = (record: RunRecord) => {
    if (record.type === "epoch") accuracy = record.accuracy;
    try {
      write(record);
    } catch (error) {
      lost = error;
      throw error;
    }
  };
  try {
    end ??= await job.execute({ signal, onStep: bar.update, write: writeOrStop });
  } catch (error) {
    end = failed(error);
  }
  const seconds = (performance.now() - started) / 1000;
  bar.finish(summary(end, seconds, accuracy));
  if (lost !== undefined) throw lost;
  write({ type: "end", run: job.id, time: new Date().toISOString(), ...end, seconds });
  return end;
}

function failed(error: unknown): JobEnd {
  return { status: "failed", reason: error instanceof Error ? error.message : String(error) };
}

function summary(end: JobEnd, seconds: number, accuracy: number | undefined): string {
  const parts = [end.status === "finished" ? "done" : `${end.status}: ${end.reason}`];
  if (accuracy !== undefined) parts.push(`accuracy ${(100 * accuracy).toFixed(1)} %`);
  if (end.deadStart) parts.push("dead start");
  if (end.millisecondsPerStep !== undefined) parts.push(`${end.millisecondsPerStep.toFixed(1)} ms/step`);
  parts.push(`${seconds.toFixed(1)} s`);
  return parts.join(", ");
}
