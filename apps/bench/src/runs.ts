/** Records gathered into runs. */
import { IdinitError } from "@idinit/core";
import type {
  EndRecord,
  EpochRecord,
  LossRecord,
  MeasureRecord,
  ObservationRecord,
  RunRecord,
  SkippedRecord,
  StartRecord,
  WeightsRecord,
} from "./records.js";

/** One run as its newest complete attempt left it. */
export interface Run {
  readonly start: StartRecord;
  readonly losses: readonly LossRecord[];
  readonly epochs: readonly EpochRecord[];
  readonly weights: readonly WeightsRecord[];
  readonly measures: readonly MeasureRecord[];
  readonly observations: readonly ObservationRecord[];
  /** Absent where the process was killed. */
  readonly end?: EndRecord;
}

export interface Runs {
  readonly runs: readonly Run[];
  /** One a run id; a run that was done later is not in it. */
  readonly skipped: readonly SkippedRecord[];
}

type Attempt = {
  start: StartRecord;
  losses: LossRecord[];
  epochs: EpochRecord[];
  weights: WeightsRecord[];
  measures: MeasureRecord[];
  observations: ObservationRecord[];
  end?: EndRecord;
};

/** Whether a run has a result and need not be done again. */
export function isDone(run: Run): boolean {
  return run.end?.status === "finished" || run.end?.status === "diverged";
}

/**
 * Gathers records by run id. Of several attempts at a run the newest done one counts; where none is done, the newest.
 *
 * @throws IdinitError when a line belongs to a run that no earlier line started.
 */
export function gatherRuns(records: readonly RunRecord[]): Runs {
  const open = new Map<string, Attempt>();
  const kept = new Map<string, Attempt>();
  const skipped = new Map<string, SkippedRecord>();
  for (const record of records) {
    if (record.type === "skipped") {
      skipped.set(record.run, record);
      continue;
    }
    if (record.type === "start") {
      const attempt: Attempt = { start: record, losses: [], epochs: [], weights: [], measures: [], observations: [] };
      open.set(record.run, attempt);
      const before = kept.get(record.run);
      if (!before || !isDone(before)) kept.set(record.run, attempt);
      continue;
    }
    const attempt = open.get(record.run);
    if (!attempt) {
      throw new IdinitError(`records: expected a start before the ${record.type} of run ${record.run}, got none`);
    }
    add(attempt, record);
    if (record.type === "end" && isDone(attempt)) kept.set(record.run, attempt);
  }
  for (const run of kept.keys()) skipped.delete(run);
  return { runs: [...kept.values()], skipped: [...skipped.values()] };
}

function add(attempt: Attempt, record: Exclude<RunRecord, StartRecord | SkippedRecord>): void {
  switch (record.type) {
    case "loss":
      attempt.losses.push(record);
      break;
    case "epoch":
      attempt.epochs.push(record);
      break;
    case "weights":
      attempt.weights.push(record);
      break;
    case "measure":
      attempt.measures.push(record);
      break;
    case "observation":
      attempt.observations.push(record);
      break;
    case "end":
      attempt.end = record;
      break;
  }
}
