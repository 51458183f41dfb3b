import { setFlagsFromString } from "node:v8";
import { describe, expect, it, vi } from "vitest";
import { speed } from "../../src/commands/speed.js";
import { findAdapter } from "../../src/gpu/findAdapter.js";
import { formatThroughput, runThroughput } from "../../src/speed/index.js";
import { torchPeer } from "../../src/speed/peer/torchPeer.js";
import { findTorchPython } from "../../src/speed/python.js";
import { measureRounds } from "../../src/speed/throughput/measureRounds.js";
import { workloads } from "../../src/speed/workload.js";

// onnxruntime-web has 27 MB of WebAssembly: V8's optimizing compiler takes much longer for it than these networks run.
setFlagsFromString("--liftoff-only");

describe("measureRounds", () => {
  it("keeps the first step and the warm-up out, and reads the loss once a round", async () => {
    const asked: number[] = [];
    const round = async (steps: number) => {
      asked.push(steps);
      return { milliseconds: asked.length === 1 ? 900 : 10 * steps + asked.length, loss: 1 / asked.length };
    };
    const result = await measureRounds({ round }, { steps: 10, warmUp: 3, lossEvery: 4 });
    expect(asked).toEqual([1, 3, 4, 4, 2]);
    expect(result).toEqual({
      firstStepMilliseconds: 900,
      rounds: [43 / 4, 44 / 4, 25 / 2],
      milliseconds: 11,
      loss: 1 / 5,
    });
  });
});

const settings = { batches: [4], threads: 1, pytorch: false, steps: 3, warmUp: 1, lossEvery: 2 } as const;

describe("runThroughput", () => {
  it("goes on past what cannot run and says why", async () => {
    const result = await runThroughput({
      ...settings,
      architectures: ["tiny", "transformer"],
      engines: ["brain", "onnxruntime-node"],
    });
    expect(result.entries.map(({ name, architecture }) => `${name} ${architecture.split("-")[0]}`)).toEqual([
      "onnxruntime-node mlp",
      "onnxruntime-node transformer",
    ]);
    expect(result.failures.map(({ name }) => name)).toEqual(["brain", "brain"]);
    for (const entry of result.entries) {
      expect(entry.rounds).toHaveLength(2);
      expect(entry.loss).toBeGreaterThan(0);
      expect(entry.firstStepMilliseconds).toBeGreaterThan(0);
    }
    const text = formatThroughput(result);
    expect(text).toMatch(/mlp-3x16\S* +4 +onnxruntime-node +\d/);
    expect(text).toMatch(/no brain on transformer\S*, batch 4: /);
    expect(text).not.toContain("loss of");
    const [first, second] = result.entries;
    const diverged = formatThroughput({ ...result, entries: [{ ...first!, loss: Number.NaN }, second!] });
    expect(diverged).toMatch(/\nloss of onnxruntime-node on mlp-\S*, batch 4: NaN\n/);
  });

  it("trains in mixed precision where the engine has it", async () => {
    const engines = ["tfjs-wasm", "onnxruntime-node"] as const;
    const result = await runThroughput({ ...settings, architectures: ["tiny"], engines, precision: "mixed" });
    expect(result.entries.map(({ name }) => name)).toEqual(["onnxruntime-node"]);
    expect(result.failures.map(({ reason }) => reason)).toEqual(["tfjs-wasm trains in float32 only"]);
    expect(formatThroughput(result)).toMatch(/^mixed precision; PyTorch, where it is timed, in float32\n/);
    const asked = { device: "cpu", lossEvery: 1, pytorch: false, precision: "mixed" } as const;
    await expect(speed(asked)).rejects.toThrow("--precision mixed is for a GPU");
  });

  it("refuses rounds of nothing", async () => {
    const options = { ...settings, architectures: ["tiny"], engines: [], lossEvery: 0 } as const;
    await expect(runThroughput(options)).rejects.toThrow(/lossEvery needs a whole number >= 1, got 0/);
  });
});

describe("speed --device gpu", () => {
  const asked = { device: "gpu", architecture: ["tiny"], batch: [4], steps: 1, lossEvery: 1, pytorch: false } as const;

  it("needs no GPU for an engine on the CPU", async () => {
    vi.stubEnv("IDINIT_SOFTWARE_GPU", undefined);
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    try {
      expect(await speed({ ...asked, engine: ["onnxruntime-node"] })).toMatch(/mlp-3x16\S* +4 +onnxruntime-node +\d/);
    } finally {
      log.mockRestore();
      vi.unstubAllEnvs();
    }
  });
});

const found = await findAdapter("any");
const why = "adapter" in found ? "" : ` (skipped: ${found.reason}; ${found.fix})`;

describe.skipIf(why !== "")(`runThroughput on a GPU or a software adapter${why}`, () => {
  it("times training whose state stays on the device", { timeout: 180_000 }, async () => {
    vi.stubEnv("IDINIT_SOFTWARE_GPU", "1");
    const engines = ["onnxruntime-webgpu", "onnxruntime-web-webgpu", "tfjs-webgpu"] as const;
    const result = await runThroughput({ ...settings, architectures: ["tiny"], engines }).finally(vi.unstubAllEnvs);
    expect(result.failures).toEqual([]);
    expect(result.entries.map(({ name }) => name)).toEqual(engines);
    for (const { device, loss } of result.entries) {
      expect(device).toMatch(/^webgpu: /);
      expect(loss).toBeGreaterThan(0);
    }
  });
});

const python = await findTorchPython();

describe.skipIf(python === undefined)("torchPeer (needs a python3 with torch)", () => {
  it("takes many steps at once and reads the last loss", async () => {
    const recipe = { batch: 4, threads: 1, learningRate: 0.05, momentum: 0.9, weightDecay: 0 };
    const one = await torchPeer(python!, workloads.tiny.make(), recipe);
    const many = await torchPeer(python!, workloads.tiny.make(), recipe);
    try {
      for (let step = 0; step < 3; step++) await one.train();
      const { loss } = await one.train();
      expect((await many.train(4)).loss).toBeCloseTo(loss, 6);
    } finally {
      await one.dispose();
      await many.dispose();
    }
  });
});
