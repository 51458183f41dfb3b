import type { SchemeName } from "@idinit/core";
import { describe, expect, it } from "vitest";
import { glyphs } from "../../src/data/made/glyphs.js";
import { shapes } from "../../src/data/made/shapes.js";
import { statements } from "../../src/data/made/statements.js";
import { engineNames } from "../../src/engines/index.js";
import { type PlanOptions, planJobs } from "../../src/jobs/planJobs.js";
import { nameOf } from "../../src/scenarios/contender.js";
import { findScenario, scenarios } from "../../src/scenarios/index.js";
import { presetNames } from "../../src/scenarios/scenario.js";
import { fakeEngine } from "../train/fakeLearner.js";

/** Plans never ask an engine anything. */
const findEngine = () =>
  fakeEngine(() => {
    throw new Error("a plan must not train");
  });
/** Small sets of the kind that is asked for; the largest batch has 1024. */
const small = {
  mnist: glyphs({ train: 400, test: 20 }),
  "cifar-10": shapes({ train: 1024, test: 20, side: 8 }),
  text: statements({ train: 600, test: 18 }, { length: 32, minimumCount: 1 }),
};
const loadDataset: PlanOptions["loadDataset"] = async (name) =>
  name === "mnist" || name === "cifar-10" ? small[name] : small.text;
const plan = (options: Partial<PlanOptions>) =>
  planJobs({
    scenarios,
    preset: "smoke",
    selection: { threads: 1 },
    findEngine,
    loadDataset,
    embedded: true,
    ...options,
  });

describe("planJobs", () => {
  it.each(presetNames)(
    "gives every run of the preset %s an id of its own, a known engine and a known scheme",
    async (preset) => {
      const jobs = await plan({ preset });
      expect(new Set(jobs.map(({ id }) => id)).size).toBe(jobs.length);
      for (const { key, steps } of jobs) {
        expect([...engineNames, "reference"]).toContain(key.engine);
        const variant = findScenario(key.scenario).variants.find(({ name }) => name === key.variant)!;
        expect(variant.schemes.map(nameOf)).toContain(key.scheme);
        expect(steps).toBeGreaterThan(0);
      }
      expect(new Set(jobs.map(({ key }) => key.scenario))).toEqual(new Set(scenarios.map(({ name }) => name)));
    },
  );

  it("compares IDInit with something else on every network", async () => {
    const jobs = await plan({ preset: "paper" });
    for (const scenario of scenarios) {
      for (const { name } of scenario.variants) {
        const schemes = jobs
          .filter(({ key }) => key.scenario === scenario.name && key.variant === name)
          .map(({ key }) => key.scheme);
        // All layers are identities there, and ways to train are compared.
        if (scenario.name !== "symmetry") expect(schemes).toContain("idinit");
        expect(new Set(schemes).size).toBeGreaterThan(1);
      }
    }
  });

  it("follows the selection", async () => {
    const jobs = await plan({
      scenarios: [findScenario("cifar")],
      selection: {
        threads: 1,
        engines: ["tfjs-wasm"],
        schemes: ["kaiming"],
        seeds: [4, 5],
        epochs: 2,
        depth: 14,
        trainExamples: 64,
        learningRate: 0.05,
        warmUpEpochs: 0.5,
      },
    });
    expect(jobs.map(({ key }) => [key.engine, key.scheme, key.seed])).toEqual([
      ["tfjs-wasm", "kaiming", 4],
      ["tfjs-wasm", "kaiming", 5],
    ]);
    expect(jobs[0]!.key.config).toMatchObject({
      architecture: "resnet-14",
      epochs: 2,
      trainExamples: 64,
      learningRate: 0.05,
      warmUpEpochs: 0.5,
    });
    expect(jobs[0]!.steps).toBe(4);
  });

  it("gives each scheme the network that it needs, and the record says which", async () => {
    const schemes = ["idinit", "fixup", "skipinit", "rezero", "t-fixup", "deepnet"] as const;
    const architecturesOf = async (name: string) => {
      const jobs = await plan({
        scenarios: [findScenario(name)],
        selection: { threads: 1, engines: ["onnxruntime-node"], schemes, seeds: [0] },
      });
      return jobs.map(({ key }) => key.config.architecture);
    };
    expect(await architecturesOf("cifar")).toEqual([
      "resnet-8",
      "resnet-8-nonorm-multipliers-scalarbiases",
      "resnet-8-nonorm-multipliers",
      "resnet-8-multipliers",
      "resnet-8-nonorm",
      // No ResNet has norms behind its sums: this one is skipped.
      "resnet-8",
    ]);
    const transformer = "transformer-1x64-h4-f256";
    expect(await architecturesOf("text")).toEqual([
      transformer,
      `${transformer}-nonorm-multipliers-scalarbiases`,
      `${transformer}-nonorm-multipliers`,
      `${transformer}-multipliers`,
      `${transformer}-nonorm`,
      `${transformer}-postnorm-alpha`,
    ]);
  });

  it("trains Fixup's scalars with a tenth of the learning rate, and the record says so", async () => {
    const selection = { threads: 1, schemes: ["fixup", "skipinit"], seeds: [0] } as const;
    for (const { key } of await plan({ scenarios: [findScenario("cifar")], selection })) {
      const { scalarRate } = key.config.optimizer as { scalarRate?: number };
      expect(scalarRate).toBe(key.scheme === "fixup" ? 0.1 : undefined);
    }
  });

  it("says why a network cannot serve a scheme", async () => {
    const reasons = async (name: string, schemes: readonly SchemeName[]) => {
      const options = {
        scenarios: [findScenario(name)],
        selection: { threads: 1, engines: ["tfjs-wasm"], schemes, seeds: [0] },
      } as const;
      const engine = { ...findEngine(), unsupported: async () => undefined };
      return Promise.all((await plan({ ...options, findEngine: () => engine })).map((job) => job.unsupported()));
    };
    const [deepnet, fixup] = await reasons("cifar", ["deepnet", "fixup"]);
    expect(deepnet).toMatch(/^deepnet needs a norm right behind each residual sum/);
    expect(fixup).toBeUndefined();
    expect(await reasons("text", ["deepnet", "fixup", "skipinit", "rezero", "t-fixup"])).toEqual(
      new Array(5).fill(undefined),
    );
    const measured = await plan({
      scenarios: [findScenario("variance")],
      selection: { threads: 1, schemes: ["rezero", "gpt2"] },
    });
    expect(await Promise.all(measured.map((job) => job.unsupported()))).toMatchObject([
      expect.stringContaining("rezero needs residual branches"),
      expect.stringContaining("gpt2 needs residual branches"),
      expect.stringContaining("rezero needs a learnable scalar at the end of each residual branch"),
      undefined,
      expect.stringContaining("rezero needs residual branches"),
      expect.stringContaining("gpt2 needs residual branches"),
      expect.stringContaining("rezero needs a learnable scalar at the end of each residual branch"),
      undefined,
    ]);
    expect((await reasons("linear", ["skipinit"]))[0]).toBe(
      "skipinit needs residual branches, but the network has none",
    );
  });

  it("plans no run twice where the selection makes entries of the plan equal", async () => {
    const jobs = await plan({
      scenarios: [findScenario("cifar")],
      preset: "quick",
      selection: { threads: 1, epochs: 1 },
    });
    expect(new Set(jobs.map(({ id }) => id)).size).toBe(jobs.length);
  });

  it("compares engines on fewer examples, unless a number is asked for", async () => {
    const large = statements({ train: 700, test: 18 }, { length: 32, minimumCount: 1 });
    const examples = async (selection: Partial<PlanOptions["selection"]>) => {
      const jobs = await plan({
        scenarios: [findScenario("text")],
        preset: "quick",
        selection: { threads: 1, schemes: ["idinit"], ...selection },
        loadDataset: async () => large,
      });
      return new Set(jobs.map(({ key }) => (key.config as { trainExamples: number }).trainExamples));
    };
    expect(await examples({})).toEqual(new Set([700, 640]));
    expect(await examples({ trainExamples: 96 })).toEqual(new Set([96]));
  });

  it("warms up for a share of the epochs where a network says so", async () => {
    const jobs = await plan({
      scenarios: [findScenario("allconv")],
      preset: "paper",
      selection: { threads: 1, schemes: ["idinit"], epochs: 60 },
    });
    const warmUps = jobs.map(({ key }) => Math.round(Number(key.config.warmUpEpochs)));
    expect(warmUps).toEqual([0, 2, 4, 6, 8, 10, 12]);
  });

  it("asks for pictures of the size that a scenario needs", async () => {
    const asked: unknown[] = [];
    const selection = { threads: 1, schemes: ["idinit"] };
    await plan({
      scenarios: [findScenario("cifar"), findScenario("allconv")],
      selection,
      loadDataset: async (name, directory, options) => {
        asked.push(options.side);
        return loadDataset(name, directory, options);
      },
    });
    expect(asked).toEqual([undefined, 32]);
  });

  it("says when nothing is left to run", async () => {
    const selection = { threads: 1, engines: ["brain"] } as const;
    await expect(plan({ scenarios: [findScenario("jacobian")], selection })).rejects.toThrow(
      "expected at least one run, got none: jacobian need no engine; leave --engine out",
    );
  });

  it("names a depth that a network can't have", async () => {
    const selection = { threads: 1, depth: 9 };
    await expect(plan({ scenarios: [findScenario("cifar")], selection })).rejects.toThrow(/depth needs 6n \+ 2.*got 9/);
  });
});
