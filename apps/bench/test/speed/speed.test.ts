import { describe, expect, it } from "vitest";
import { formatSpeed, markdownSpeed, readSpeedResults } from "../../src/speed/index.js";
import { interleave, median } from "../../src/speed/interleave.js";
import { torchPeer } from "../../src/speed/peer/torchPeer.js";
import { findTorchPython } from "../../src/speed/python.js";
import { runSpeed } from "../../src/speed/runSpeed.js";
import { compareEntries, type SpeedResult } from "../../src/speed/speedResult.js";
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

  it("goes on without one that fails", async () => {
    let left = 2;
    const dying = {
      step: async () => {
        if (left-- === 0) throw new Error("out of memory");
        return 1;
      },
    };
    const result = await interleave([dying, { step: async () => 2 }], { steps: 3, warmUp: 1 });
    expect(result).toEqual([new Error("out of memory"), [2, 2, 2]]);
    expect(left).toBe(-1);
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
    const peer = await torchPeer(python!, workloads.mlp.make(), recipe);
    try {
      const { milliseconds, cpuMilliseconds } = await peer.step();
      expect(milliseconds).toBeGreaterThan(0);
      expect(cpuMilliseconds).toBeGreaterThan(0);
      expect(peer.version).toMatch(/^\d+\.\d+/);
    } finally {
      await peer.dispose();
    }
  });

  it("says what went wrong when the process fails", async () => {
    const broken = { ...workloads.mlp.make(), input: { kind: "image", channels: 1, height: 2, width: 2 } } as const;
    await expect(torchPeer(python!, { ...broken, output: "nothing" }, recipe)).rejects.toThrow(/pytorch: .*nothing/);
  });
});

describe("runSpeed", () => {
  it.each([
    [{ steps: 0 }, /steps needs a whole number >= 1, got 0/],
    [{ batch: 1.5 }, /batch needs a whole number >= 1, got 1.5/],
    [{ threads: Number.NaN }, /threads .* got NaN/],
    [{ architecture: "vgg" as "mlp" }, /one of resnet-20, .*mlp, mlp-plain, got "vgg"/],
    [{ engines: ["caffe" as "brain"] }, /got "caffe"/],
  ])("refuses %j", async (options, message) => {
    await expect(runSpeed(options)).rejects.toThrow(message);
  });
});

describe("speed results", () => {
  const observed = (name: string, milliseconds: number, mebibytes: number) => ({
    name,
    framework: name,
    version: "1.0",
    device: "cpu",
    durations: [-1, 1].map((more) => ({
      milliseconds: milliseconds + more,
      cpuMilliseconds: 2 * (milliseconds + more),
    })),
    peakBytes: mebibytes * 2 ** 20,
  });
  const result: SpeedResult = {
    kind: "speed",
    architecture: "resnet-20",
    batch: 128,
    steps: 2,
    warmUp: 1,
    threads: 1,
    entries: compareEntries([
      observed("onnxruntime-web", 400, 300),
      observed("onnxruntime-node", 200, 150),
      observed("pytorch", 100, 200),
    ]),
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

  it("compare with PyTorch and with onnxruntime-node, and leave out what was not measured", () => {
    expect(result.entries[0]).toMatchObject({
      milliseconds: 400,
      relativeToPytorch: 0.25,
      steps: [399, 401],
      cpuMilliseconds: 800,
      cpuRelativeToPytorch: 0.25,
      relativeToOnnxruntimeNode: 0.5,
      peakRelativeToPytorch: 1.5,
    });
    const { peakBytes, ...unknown } = observed("pytorch", 100, 200);
    const [alone, pytorch] = compareEntries([observed("brain", 200, 100), unknown]);
    expect(alone).toMatchObject({ milliseconds: 200, peakBytes: 100 * 2 ** 20, relativeToPytorch: 0.5 });
    expect(alone).not.toHaveProperty("relativeToOnnxruntimeNode");
    expect(alone).not.toHaveProperty("peakRelativeToPytorch");
    expect(pytorch).not.toHaveProperty("peakRelativeToPytorch");
  });

  it("as text: the fastest first, ratios, peaks and what was skipped", () => {
    const lines = formatSpeed(result).split("\n");
    expect(lines[3]).toMatch(
      /^pytorch +100\.0 +1\.00 +2\.00 +99\.0 … 101\.0 +200\.0 +1\.00 +200 +1\.00 +pytorch 1\.0, cpu$/,
    );
    expect(lines[4]).toMatch(/^onnxruntime-node +200\.0 +0\.50 +1\.00 .* 400\.0 +0\.50 +150 +0\.75/);
    expect(lines).toContain("skipped brain: no convolutions");
  });

  it("as a page: with command and commit, and an overview of several", () => {
    const page = markdownSpeed([result]);
    expect(page).toContain(
      "| onnxruntime-web | 400.0 | 399.0 … 401.0 | 0.25 | 0.50 | 800.0 | 0.25 | 300 | 1.50 | onnxruntime-web 1.0, cpu |",
    );
    expect(page).toContain("Skipped brain: no convolutions.");
    expect(page).toContain("`npm run bench:train -- --steps 2`, 2026-01-01, commit abc; cpu, 2 cores");
    expect(page).not.toContain("| resnet-20 |");
    const bare = { ...result, threads: 2, entries: compareEntries([observed("brain", 10, 50)]) };
    expect(markdownSpeed([result, bare])).toContain(
      "| resnet-20 | 128 | 1 | 0.50 | 0.50 | 0.75 | 1.50 |\n| resnet-20 | 128 | 2 | – | – | – | – |",
    );
  });

  it("are read back from what was printed, behind npm's lines too", () => {
    expect(readSpeedResults(JSON.stringify(result), "file")).toEqual([result]);
    const printed = `\n> idinit@ bench:train\n> node scripts/bench.mjs speed --json\n\n${JSON.stringify([result, result], null, 2)}\n`;
    expect(readSpeedResults(printed, "file")).toEqual([result, result]);
  });

  it.each([
    ["", /^file: expected JSON/],
    ["{", /^file: expected JSON/],
    ["[1]", /^file: expected results of kind "speed"/],
    ['[{"kind":"throughput"}]', /got kind "throughput"/],
  ])("refuse to be read from %j", (text, message) => {
    expect(() => readSpeedResults(text, "file")).toThrow(message);
  });
});
