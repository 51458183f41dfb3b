/**
 * What a record file holds: JSON Lines, one value a line, in the order in which things happened. Lines of several runs
 * and files may be mixed; `run` says to which run a line belongs.
 */
import { createHash } from "node:crypto";
import type { Json } from "@idinit/core";
import type { Environment } from "./environment.js";

/** What tells two runs apart. */
export interface RunKey {
  readonly scenario: string;
  /** Which of the scenario's networks, such as `"relu"`. */
  readonly variant: string;
  readonly preset: string;
  readonly engine: string;
  readonly scheme: string;
  readonly seed: number;
  /** Architecture, data, recipe: everything else that changes the numbers. */
  readonly config: { readonly [key: string]: Json };
}

/** What computed a run. */
export interface Framework {
  readonly framework: string;
  readonly version: string;
  readonly device: string;
  /** What training minimises, where it is not the mean softmax cross-entropy. */
  readonly objective?: "squared-error";
}

/** `start` opens a run; a later `start` of the same run replaces everything recorded before it. */
export interface StartRecord extends RunKey {
  readonly type: "start";
  readonly run: string;
  readonly time: string;
  readonly environment: Environment;
  readonly framework: Framework;
}

/** Mean loss of the training steps `from` … `to` (counted from 0, both included). */
export interface LossRecord {
  readonly type: "loss";
  readonly run: string;
  readonly from: number;
  readonly to: number;
  readonly loss: number;
}

export interface EpochRecord {
  readonly type: "epoch";
  readonly run: string;
  /** Counted from 1; 0 is the untrained network. */
  readonly epoch: number;
  readonly step: number;
  readonly learningRate: number;
  /** Share of the test set that is classified right. */
  readonly accuracy: number;
  /** Mean cross-entropy on the test set. */
  readonly testLoss: number;
}

/** One parameter before or after training: its statistics, and a corner of it as a matrix for pictures. */
export interface WeightsRecord {
  readonly type: "weights";
  readonly run: string;
  readonly when: "before" | "after";
  readonly name: string;
  readonly shape: readonly number[];
  readonly mean: number;
  readonly std: number;
  /** Share of entries with |w| < 1e-5. */
  readonly nearZero: number;
  /** Upper left corner of the matrix `[out, rest]`, row by row. */
  readonly sample: { readonly rows: number; readonly columns: number; readonly values: readonly number[] };
  /**
   * Shares of the entries in equal bins from `-limit` to `limit`, the bin in the middle around 0; the outermost two hold what lies beyond
   * too. Absent in older records.
   */
  readonly histogram?: { readonly limit: number; readonly shares: readonly number[] };
}

/** One number of a measuring scenario, such as the standard deviation behind a layer. */
export interface MeasureRecord {
  readonly type: "measure";
  readonly run: string;
  readonly name: string;
  /** Where it was taken: a layer's number and its name. */
  readonly depth: number;
  readonly layer: string;
  readonly value: number;
}

/** A number that is followed from step to step, such as the rank of a weight. */
export interface ObservationRecord {
  readonly type: "observation";
  readonly run: string;
  /** Steps that were taken before. */
  readonly step: number;
  readonly name: string;
  readonly value: number;
}

export type RunStatus = "finished" | "diverged" | "failed" | "interrupted";

export interface EndRecord {
  readonly type: "end";
  readonly run: string;
  readonly time: string;
  readonly status: RunStatus;
  /** Why, where the status is not `"finished"`. */
  readonly reason?: string;
  readonly seconds: number;
  /** Training only. */
  readonly steps?: number;
  /** Median milliseconds of a training step, the warm-up left out. */
  readonly millisecondsPerStep?: number;
  /** After the first steps, every example still gets the same logits: nothing but the head's bias moves. */
  readonly deadStart?: boolean;
}

/** A run that could not be, and why. */
export interface SkippedRecord extends RunKey {
  readonly type: "skipped";
  readonly run: string;
  readonly time: string;
  readonly reason: string;
}

export type RunRecord =
  | StartRecord
  | LossRecord
  | EpochRecord
  | WeightsRecord
  | MeasureRecord
  | ObservationRecord
  | EndRecord
  | SkippedRecord;

/** The run's id: 16 hexadecimal digits of the SHA-256 of its key, whatever the order of the key's properties. */
export function runId(key: RunKey): string {
  return createHash("sha256").update(canonical(key)).digest("hex").slice(0, 16);
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([name, held]) => `${JSON.stringify(name)}:${canonical(held)}`).join()}}`;
}
