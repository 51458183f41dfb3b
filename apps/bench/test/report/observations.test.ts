import { describe, expect, it } from "vitest";
import { type RunKey, type RunRecord, runId } from "../../src/records.js";
import { markdown } from "../../src/report/markdown.js";
import { observationCharts, observationTable } from "../../src/report/observations.js";
import { page } from "../../src/report/page.js";
import { summarize } from "../../src/report/summarize.js";
import { gatherRuns } from "../../src/runs.js";
import { endRecord, startRecord, trainingRecords } from "./exampleRecords.js";

function observed(run: string, step: number, values: Readonly<Record<string, number>>): RunRecord[] {
  return Object.entries(values).map(([name, value]) => ({ type: "observation", run, step, name, value }));
}

function toyRecords(scheme: string, seed: number, status: "finished" | "diverged" = "finished"): RunRecord[] {
  const config = { layers: 5, steps: 2, inputs: [1, 1.1] };
  const start = startRecord({
    scenario: "toy",
    variant: "with shortcut",
    preset: "quick",
    engine: "reference",
    scheme,
    seed,
    config,
  });
  const { run } = start;
  const at = (step: number, w2: number) =>
    observed(run, step, { "w₁": 1, "w₂": w2, "w₁ w₂": w2, solution: 1.187, loss: 4 - w2, solved: step });
  return [start, ...at(0, 0), ...at(1, 0.5 + seed), endRecord(run, status)];
}

function rankRecords(scheme: string, pace: number): RunRecord[] {
  const key: RunKey = {
    scenario: "rank",
    variant: "linear",
    preset: "quick",
    engine: "onnxruntime-node",
    scheme,
    seed: 0,
    config: {},
  };
  const records = trainingRecords(key, pace);
  const looks = [0, 60, 120].flatMap((step) =>
    observed(runId(key), step, { "rank of W − I": (pace * step) / 10, n: 16 }),
  );
  return [...records.slice(0, -1), ...looks, ...records.slice(-1)];
}

describe("observations", () => {
  const { runs } = gatherRuns([
    ...toyRecords("idinit", 0),
    ...toyRecords("idinit", 1),
    ...toyRecords("xavier", 0, "diverged"),
    ...rankRecords("idinit", 2),
    ...rankRecords("zero-padded", 1),
  ]);
  const groups = summarize(runs);
  const [toy, rank] = groups as [(typeof groups)[number], (typeof groups)[number]];

  it("stand in a table: last values of the finished runs, means over the seeds", () => {
    expect(observationTable(toy).titles).toHaveLength(7);
    expect(observationTable(toy).rows).toEqual([
      ["idinit", "2", "1 ± 0.707", "3 ± 0.707", "1", "", "w₁ w₂ = 1.19 (from {1, 0})"],
      ["xavier", "1", "–", "–", "–", "diverged", "–"],
    ]);
    // Beside the table that every training has.
    expect(observationTable(rank)).toEqual({
      titles: ["scheme", "rank of W − I, at the end"],
      rows: [
        ["idinit", "24"],
        ["zero-padded", "12"],
      ],
    });
  });

  it("are drawn with their limit, those that are to be drawn", () => {
    expect(observationCharts(toy)).toHaveLength(1);
    const [chart] = observationCharts(rank);
    expect(chart!.markup).toContain("n: 16");
    expect(chart!.markup.match(/<path/g)!.length).toBeGreaterThanOrEqual(2);
  });

  it("are parts of the page and of its tables", () => {
    const text = page({ groups, runs, skipped: [] });
    expect(/NaN|undefined|<script/.exec(text)?.[0]).toBeUndefined();
    // Landscape and w₁ w₂; rank, loss and accuracy.
    expect(text.split("<svg ")).toHaveLength(1 + 2 + 3);
    expect(text).toContain("inputs 1, 1.1");
    const lines = markdown(groups, [], runs).split("\n");
    expect(lines).toContain("| zero-padded | 12 |");
    expect(lines).toContain("| idinit | 2 | 1 ± 0.707 | 3 ± 0.707 | 1 |  | w₁ w₂ = 1.19 (from {1, 0}) |");
  });
});
