import { describe, expect, it } from "vitest";
import { simulationJobs } from "../../src/jobs/simulationJobs.js";
import type { ObservationRecord, RunRecord } from "../../src/records.js";
import type { SimulationScenario } from "../../src/scenarios/scenario.js";
import { symmetry } from "../../src/scenarios/symmetry.js";
import { gradient, toy } from "../../src/scenarios/toy.js";

/** What a run observed last, by name. */
function endOf(scenario: SimulationScenario, variant: string, scheme: string, seed = 0): Map<string, number> {
  let seen: Map<string, number> = new Map();
  for (const now of scenario.simulate({ variant, scheme, seed, preset: scenario.presets.quick })) {
    seen = new Map(now.map(({ name, value }) => [name, value]));
  }
  return seen;
}

describe("toy", () => {
  it.each([
    ["without shortcut", 2.19],
    ["with shortcut", 1.19],
  ])("IDInit %s reaches w₁ w₂ = %f", (variant, solution) => {
    const end = endOf(toy, variant, "idinit");
    expect(end.get("w₁ w₂")).toBeCloseTo(solution, 2);
    expect(end.get("w₁ w₂")).toBeCloseTo(end.get("solution")!, 9);
    expect(end.get("solved")).toBe(1);
  });

  it("goes down the gradient of its loss", () => {
    const inputs = toy.constants.inputs as number[];
    for (const skip of [0, 1]) {
      const lossAt = (w1: number, w2: number) =>
        inputs.reduce((sum, x) => sum + ((skip + w1 * w2) ** 5 * x - 50 * x) ** 2 / 2, 0) / inputs.length;
      const [w1, w2, h] = [1.2, -0.7, 1e-5];
      const [first, second] = gradient([w1, w2], skip, 5);
      expect(first / ((lossAt(w1 + h, w2) - lossAt(w1 - h, w2)) / (2 * h))).toBeCloseTo(1, 6);
      expect(second / ((lossAt(w1, w2 + h) - lossAt(w1, w2 - h)) / (2 * h))).toBeCloseTo(1, 6);
    }
  });
});

describe("symmetry", () => {
  const [gd, sgd, momentum] = ["gd", "sgd", "sgd-momentum"].map((scheme) => endOf(symmetry, "deep linear net", scheme));
  const floor = gd!.get("least loss of equal layers")!;

  it("gradient descent keeps the layers equal, and the loss above what equal layers can reach", () => {
    expect(gd!.get("distance between layers")).toBeLessThan(1e-12);
    expect(floor).toBe(0.625);
    expect(gd!.get("loss")).toBeGreaterThan(floor);
    expect(gd!.get("loss")).toBeLessThan(floor + 0.05);
  });

  it("batches make layers different, momentum more so, and the loss falls below", () => {
    expect(sgd!.get("distance between layers")).toBeGreaterThan(0.1);
    expect(momentum!.get("distance between layers")).toBeGreaterThan(sgd!.get("distance between layers")!);
    expect(momentum!.get("loss")).toBeLessThan(floor);
  });
});

describe("simulationJobs", () => {
  const hooks = (records: RunRecord[], signal = new AbortController().signal) => ({
    write: (record: RunRecord) => records.push(record),
    onStep: () => {},
    signal,
  });

  it("records the start, the end and no more than 202 steps, of the schemes that were chosen", async () => {
    const jobs = simulationJobs(toy, "quick", { threads: 1, schemes: ["idinit", "kaiming"], seeds: [0] });
    expect(jobs.map(({ key }) => [key.variant, key.scheme])).toEqual([
      ["without shortcut", "idinit"],
      ["with shortcut", "idinit"],
    ]);
    const records: RunRecord[] = [];
    expect(await jobs[0]!.execute(hooks(records))).toEqual({ status: "finished" });
    const steps = (records as ObservationRecord[]).filter(({ name }) => name === "loss").map(({ step }) => step);
    expect([steps[0], steps.at(-1)]).toEqual([0, 600]);
    expect(steps.length).toBeLessThanOrEqual(202);
  });

  it("ends as diverged at the first value that is no number", async () => {
    const growing: SimulationScenario = {
      ...toy,
      *simulate() {
        for (let value = 1; ; value *= 1e200) yield [{ name: "loss", value }];
      },
    };
    const [job] = simulationJobs(growing, "smoke", { threads: 1 });
    expect(await job!.execute(hooks([]))).toEqual({
      status: "diverged",
      reason: "the loss after step 2 is Infinity",
    });
  });

  it("stops when it is asked to", async () => {
    const [job] = simulationJobs(symmetry, "smoke", { threads: 1 });
    const end = await job!.execute(hooks([], AbortSignal.abort()));
    expect(end).toMatchObject({ status: "interrupted" });
  });
});
