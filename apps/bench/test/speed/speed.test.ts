import { describe, expect, it } from "vitest";
import { formatSpeed, markdownSpeed } from "../../src/speed/index.js";
import { interleave, median } from "../../src/speed/interleave.js";
import { findTorchPython } from "../../src/speed/python.js";
import { runSpeed, type SpeedResult } from "../../src/speed/runSpeed.js";
import { torchPeer } from "../../src/speed/torchPeer.js";
import { workloads } from "../../src/speed/workload.js";

describe("interleave", () => {
  it("takes turns and leaves the warm-up out", async () => {
    const order: string[] = [];
    const contender = (name: string, durations: number[]) => ({
      step: async () => {
        order.push(name);
        return durations.shift()!;
      },
    });
    const result = await interleave([contender("a", [90, 1, 2, 3]), contender("b", [80, 4, 5, 6])], {
      steps: 3,
      warmUp: 1,
    });
    expect(order.join("")).toBe("abababab");
    expect(result).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
  });

  it("median", () => {
    expect(median([5, 1, 100])).toBe(5);
    expect(median([1, 3, 2, 10])).toBe(2.5);
    expect(median([])).toBeNaN();
  });
});

describe("findTorchPython", () => {
  it("finds nothing where there is no Python", async () => {
    expect(await findTorchPython("/nowhere:")).toBeUndefined();
  });
});

const python = await findTorchPython();

describe.skipIf(python === undefined)("torchPeer (needs a python3 with torch)", () => {
  const recipe = { batch: 4, threads: 1, learningRate: 0.1, momentum: 0.9, weightDecay: 0 };

  it("trains when asked", async () => {
    const peer = await torchPeer(python!, workloads.mlp(), recipe);
    try {
      expect(await peer.step()).toBeGreaterThan(0);
      expect(peer.version).toMatch(/^\d+\.\d+/);
    } finally {
      await peer.dispose();
    }
  });

  it("says what went wrong when the process fails", async () => {
    const broken = { ...workloads.mlp(), input: { kind: "image", channels: 1, height: 2, width: 2 } } as const;
    await expect(torchPeer(python!, { ...broken, output: "nothing" }, recipe)).rejects.toThrow(/pytorch: .*nothing/);
  });
});

describe("runSpeed", () => {
  it.each([
    [{ steps: 0 }, /steps needs a whole number >= 1, got 0/],
    [{ batch: 1.5 }, /batch needs a whole number >= 1, got 1.5/],
    [{ threads: Number.NaN }, /threads .* got NaN/],
    [{ architecture: "vgg" as "mlp" }, /one of resnet-20, .*mlp, got "vgg"/],
    [{ engines: ["caffe" as "brain"] }, /got "caffe"/],
  ])("refuses %j", async (options, message) => {
    await expect(runSpeed(options)).rejects.toThrow(message);
  });
});

describe("formatSpeed", () => {
  it("shows the fastest first, the ratio and what was skipped, as a page with its command and commit", () => {
    const entry = (name: string, milliseconds: number, relativeToPytorch: number) => ({
      name,
      framework: name,
      version: "1.0",
      device: "cpu",
      steps: [milliseconds - 1, milliseconds + 1],
      milliseconds,
      relativeToPytorch,
    });
    const result: SpeedResult = {
      kind: "speed",
      architecture: "resnet-20",
      batch: 128,
      steps: 2,
      warmUp: 1,
      threads: 1,
      entries: [entry("slow", 200, 0.5), entry("pytorch", 100, 1)],
      skipped: [{ name: "brain", reason: "no convolutions" }],
      environment: {
        bench: "0.0.0",
        command: ["speed", "--steps", "2"],
        commit: "abc",
        memory: 8,
        date: "2026-01-01T00:00:00.000Z",
        node: "v20.19.0",
        platform: "linux",
        cpu: "cpu",
        cores: 2,
        loadBefore: 0.5,
        loadAfter: 1,
      },
    };
    const lines = formatSpeed(result).split("\n");
    expect(lines[3]).toMatch(/^pytorch +100\.0 +1\.00 +99\.0 … 101\.0 +pytorch 1\.0, cpu$/);
    expect(lines[4]).toMatch(/^slow +200\.0 +0\.50/);
    expect(lines).toContain("skipped brain: no convolutions");

    const page = markdownSpeed([result]);
    expect(page).toContain("| slow | 200.0 | 199.0 … 201.0 | 0.50 | slow 1.0, cpu |");
    expect(page).toContain("Skipped brain: no convolutions.");
    expect(page).toContain("`npm run bench:train -- --steps 2`, 2026-01-01, commit abc; cpu, 2 cores");
  });
});
