/** What the watching scenarios are there to show, on the real engine. */
import { beforeAll, describe, expect, it } from "vitest";
import { glyphs } from "../../src/data/made/glyphs.js";
import { shapes } from "../../src/data/made/shapes.js";
import { findEngine } from "../../src/engines/index.js";
import { trainingJobs } from "../../src/jobs/trainingJobs.js";
import type { ObservationRecord, RunRecord } from "../../src/records.js";
import { deadNeurons } from "../../src/scenarios/deadNeurons.js";
import { rank } from "../../src/scenarios/rank.js";
import type { TrainingScenario } from "../../src/scenarios/scenario.js";

type Seen = readonly ObservationRecord[];

const SCHEMES = ["idinit", "zero-padded", "zero-last"];

/** What the preset smoke sees in a scenario's first network, by scheme. */
async function smoke(scenario: TrainingScenario): Promise<Map<string, Seen>> {
  const dataset = scenario.dataset === "mnist" ? glyphs({ train: 320, test: 20 }) : shapes({ train: 128, test: 20 });
  const first = { ...scenario, variants: scenario.variants.slice(0, 1) };
  const seen = new Map<string, Seen>();
  for (const job of trainingJobs(first, "smoke", dataset, { threads: 1, schemes: SCHEMES }, findEngine)) {
    const records: RunRecord[] = [];
    const write = (record: RunRecord) => records.push(record);
    const end = await job.execute({ write, onStep: () => {}, signal: new AbortController().signal });
    expect(end.status).toBe("finished");
    seen.set(
      job.key.scheme,
      records.filter((record): record is ObservationRecord => record.type === "observation"),
    );
  }
  return seen;
}

describe("rank", () => {
  let runs: Map<string, Seen>;
  beforeAll(async () => {
    runs = await smoke(rank);
  });
  const ranks = (scheme: string) => runs.get(scheme)!.filter(({ name }) => name === "rank of W − I");

  it("starts at 0 everywhere", () => {
    for (const scheme of runs.keys()) expect(ranks(scheme)[0]).toMatchObject({ step: 0, value: 0 });
  });

  it("of a net padded with zeros can't exceed the width before the padding", () => {
    expect(Math.max(...ranks("zero-padded").map(({ value }) => value))).toBeLessThanOrEqual(16);
    expect(ranks("zero-padded").at(-1)!.value).toBeGreaterThan(0);
  });
});

describe("dead-neurons", () => {
  it("new channels of a block that ends in exactly 0 never move, those of IDIZ do", async () => {
    const runs = await smoke(deadNeurons);
    const last = (scheme: string) =>
      runs
        .get(scheme)!
        .slice(-3)
        .map(({ value }) => value);
    const [, second, third] = last("zero-last");
    expect(second).toBeGreaterThanOrEqual(0.5);
    expect(third).toBeGreaterThanOrEqual(0.5);
    for (const value of last("idinit")) expect(value).toBeLessThan(0.05);
    expect(
      runs
        .get("idinit")!
        .slice(0, 3)
        .map(({ value }) => value),
    ).toEqual([1, 1, 1]);
  });
});
