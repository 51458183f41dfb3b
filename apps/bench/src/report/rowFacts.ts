/** The numbers of a table's row. */
import { isDone, type Run } from "../runs.js";
import { meanAndDeviation } from "./format.js";
import type { Group, Row } from "./summarize.js";

/** One row as text, the same in HTML and in Markdown. */
export interface RowFacts {
  readonly engine: string;
  readonly scheme: string;
  readonly seeds: string;
  /** Percent, of the finished runs. */
  readonly accuracy: string;
  readonly testLoss: string;
  readonly epochsToTarget: string;
  readonly millisecondsPerStep: string;
  /** What did not go well: `"diverged"`, `"1 dead start"` (of several). */
  readonly remarks: string;
  readonly paper: string;
}

/** Column titles in the order of {@link RowFacts}. */
export function columnTitles(target: number): string[] {
  return [
    "engine",
    "scheme",
    "seeds",
    "test accuracy %",
    "test loss",
    `epochs to ${(100 * target).toFixed(0)} %`,
    "ms/step",
    "remarks",
    "paper reports",
  ];
}

/** Means ± sample standard deviations over the seeds; a diverged run counts as a miss, not as a number. */
export function rowFacts(group: Group, row: Row): RowFacts {
  const finished = row.runs.filter(({ end }) => end?.status === "finished");
  const last = finished.flatMap(({ epochs }) => epochs.slice(-1));
  const times = finished.flatMap(({ end }) => end?.millisecondsPerStep ?? []);
  return {
    engine: row.engine,
    scheme: row.scheme,
    seeds: String(row.runs.length),
    accuracy: meanAndDeviation(
      last.map(({ accuracy }) => accuracy),
      2,
      100,
    ),
    // Where the objective is another, the outputs are no logits: their cross-entropy would mean nothing.
    testLoss: row.runs.some(({ start }) => start.framework.objective)
      ? "–"
      : meanAndDeviation(
          last.map(({ testLoss }) => testLoss),
          3,
        ),
    epochsToTarget: reach(row.runs, group.about?.kind === "training" ? group.about.target : undefined),
    millisecondsPerStep: meanAndDeviation(times, 1),
    remarks: remarksOn(row.runs),
    paper: reportedFor(group, row),
  };
}

/** What the paper reports of a row, in its own setting. */
export function reportedFor({ about, variant }: Group, { scheme }: Row): string {
  const found = about?.reported.find((one) => one.variant === variant && one.scheme === scheme);
  return found ? `${found.value} (${found.setting})` : "–";
}

/** Mean of the first epochs that reached the target, and how many did. */
function reach(runs: readonly Run[], target: number | undefined): string {
  if (target === undefined) return "–";
  const judged = runs.filter(isDone);
  const reached = judged.flatMap(({ epochs }) => epochs.find(({ accuracy }) => accuracy >= target)?.epoch ?? []);
  if (reached.length === 0) return judged.length === 0 ? "–" : `0 of ${judged.length}`;
  return `${meanAndDeviation(reached, 1)} (${reached.length} of ${judged.length})`;
}

/** What did not go well, and how often. */
export function remarksOn(runs: readonly Run[]): string {
  const counts = new Map<string, number>();
  const note = (text: string) => counts.set(text, (counts.get(text) ?? 0) + 1);
  for (const { end, start } of runs) {
    if (start.framework.objective) note(`trained on ${start.framework.objective}`);
    if (!end) note("killed");
    else if (end.status !== "finished") note(end.status);
    if (end?.deadStart) note("dead start");
  }
  return [...counts].map(([text, count]) => (count === runs.length ? text : `${count} ${text}`)).join(", ");
}
