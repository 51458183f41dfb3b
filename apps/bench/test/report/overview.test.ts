import { describe, expect, it } from "vitest";
import type { RunRecord } from "../../src/records.js";
import { histograms } from "../../src/report/histograms.js";
import { page } from "../../src/report/page.js";
import { summarize } from "../../src/report/summarize.js";
import { gatherRuns } from "../../src/runs.js";
import { trainingRecords } from "./exampleRecords.js";

const key = { preset: "quick", engine: "onnxruntime-node", seed: 1 };

function warmUps(): RunRecord[] {
  return [0, 0.4, 0.8].flatMap((warmUpEpochs) =>
    ["idinit", "kaiming"].flatMap((scheme) => {
      const variant = warmUpEpochs === 0 ? "no warm-up" : `warm-up ${25 * warmUpEpochs} %`;
      const config = { epochs: 4, warmUpEpochs, learningRate: 0.1, optimizer: { kind: "sgd", weightDecay: 5e-4 } };
      return trainingRecords({ ...key, scenario: "allconv", variant, scheme, config }, 2);
    }),
  );
}

function grid(): RunRecord[] {
  return [0.1, 1].flatMap((learningRate) =>
    [1e-4, 1e-3].flatMap((weightDecay) => {
      const config = { epochs: 2, warmUpEpochs: 0, learningRate, optimizer: { kind: "sgd", weightDecay } };
      const variant = `rate ${learningRate}, decay ${weightDecay}`;
      const status = learningRate === 1 ? "diverged" : "finished";
      return trainingRecords({ ...key, scenario: "hyperparameters", variant, scheme: "idinit", config }, 2, status);
    }),
  );
}

describe("overview", () => {
  it("shows one recipe at many settings once: a picture and a table", () => {
    const { runs } = gatherRuns([...warmUps(), ...grid()]);
    const text = page({ groups: summarize(runs), runs, skipped: [] });
    expect(/NaN|undefined|<script/.exec(text)?.[0]).toBeUndefined();
    expect(text.split("<svg ")).toHaveLength(1 + 2);
    expect(text.match(/<tr><td>(no warm-up|warm-up \d+ %)<\/td>/g)).toHaveLength(6);
    expect(text.match(/<tr><td>rate [\d.]+, decay [\d.]+<\/td>/g)).toHaveLength(4);
    // One field without a number for each rate that diverged.
    expect(text.match(/>×</g)).toHaveLength(2);
  });
});

describe("histograms", () => {
  it("are drawn from records that hold them", () => {
    const weights = (name: string) =>
      (["before", "after"] as const).map((when): RunRecord => {
        const facts = { shape: [2, 2], mean: 0, std: 1, nearZero: 0, sample: { rows: 1, columns: 1, values: [0] } };
        return { type: "weights", run, when, name, ...facts, histogram: { limit: 0.5, shares: [0, 0.25, 0.75] } };
      });
    const records = trainingRecords(
      { ...key, scenario: "weights", variant: "resnet", scheme: "idinit", config: {} },
      2,
    );
    const run = records[0]!.run;
    const groups = (more: RunRecord[]) =>
      summarize(gatherRuns([...records.slice(0, -1), ...more, ...records.slice(-1)]).runs);
    expect(histograms(groups([])[0]!).markup).toBe("");
    const { markup } = histograms(groups([...weights("stem.weight"), ...weights("fc.weight")])[0]!);
    expect(markup).toContain("stem.weight");
    expect(markup.match(/<path[^>]*stroke="#2b83d6"/g)).toHaveLength(4);
  });
});
