/** Contenders in processes of their own. */
import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exampleBatch } from "../../src/architectures/exampleBatch.js";
import { startingParameters } from "../../src/architectures/startingParameters.js";
import { findEngine } from "../../src/engines/index.js";
import { enginePeer } from "../../src/speed/peer/enginePeer.js";
import { peakBytes } from "../../src/speed/peer/peakBytes.js";
import { peerProcess } from "../../src/speed/peer/peerProcess.js";
import { serveEngine } from "../../src/speed/peer/serveEngine.js";
import { recipe } from "../../src/speed/recipe.js";
import { runSpeed } from "../../src/speed/runSpeed.js";
import { workloads } from "../../src/speed/workload.js";
import { engineModule } from "./engineModule.js";

/** Whether the system tells peaks of memory: Linux does, some sandboxes that look like it do not. */
const tellsPeaks = existsSync("/proc/self/status") && readFileSync("/proc/self/status", "utf8").includes("VmHWM:");

const node = (code: string) => peerProcess("peer", process.execPath, ["-e", code]);
const answering = (answer: string) => node(`process.stdin.on("data", () => process.stdout.write(${answer} + "\\n"))`);
const alive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe("peerProcess", () => {
  it("asks, reads the peak of memory, and ends the process", async () => {
    const peer = answering("JSON.stringify({ pid: process.pid })");
    const { pid } = await peer.ask<{ pid: number }>("anything");
    expect(alive(pid)).toBe(true);
    if (tellsPeaks) expect(peer.peakBytes()).toBeGreaterThan(2 ** 20);
    await peer.close();
    expect(alive(pid)).toBe(false);
    expect(peer.peakBytes()).toBeUndefined();
    await peer.close();
  });

  it.each([
    ["an answer that failed", answering('`{ "failed": "too large" }`'), /^peer: too large$/],
    ["an answer that is no JSON", answering('"Hi there"'), /^peer: expected a line of JSON, got "Hi there"$/],
    ["an end with words", node('console.error("a\\nno memory"); process.exit(3)'), /ended early: no memory$/],
    ["an end without", node("process.exit(3)"), /ended early: by exit code 3$/],
    ["a signal", node('process.kill(process.pid, "SIGKILL")'), /ended early: by SIGKILL$/],
    [
      "a signal after words",
      node('console.error("slow"); process.kill(process.pid, "SIGKILL")'),
      /ended early: by SIGKILL, after "slow"$/,
    ],
    ["no such program", peerProcess("peer", "/nowhere/python3", []), /ended early: .*ENOENT/],
  ])("throws for %s", async (_, peer, message) => {
    try {
      await expect(peer.ask("1")).rejects.toThrow(message);
    } finally {
      await peer.close();
    }
  });

  it.skipIf(!tellsPeaks)("counts the memory of the process alone, and its peak (needs Linux's /proc)", async () => {
    const peer = answering("(Buffer.alloc(200 * 2 ** 20, 1), 1)");
    await expect.poll(() => peer.peakBytes() ?? 0).toBeGreaterThan(2 ** 20);
    const before = peer.peakBytes()!;
    await peer.ask("1");
    const grown = peer.peakBytes()! - before;
    await peer.close();
    expect(grown).toBeGreaterThan(150 * 2 ** 20);
    expect(peakBytes(process.pid)).toBeGreaterThan(2 ** 20);
  });
});

const task = { batch: 4, threads: 1, ...recipe };

describe("serveEngine", () => {
  async function conversation(...lines: readonly unknown[]) {
    const answers: unknown[] = [];
    const said = (async function* () {
      for (const line of lines) yield JSON.stringify(line);
    })();
    await serveEngine(said, (value) => answers.push(value));
    return answers;
  }
  const tiny = workloads.tiny.make();

  it("describes itself, then trains as often as it is told: the losses are the engine's own", async () => {
    const answers = await conversation({ engine: "onnxruntime-node", architecture: tiny, ...task }, 1, 3);
    const { learningRate, momentum, weightDecay } = recipe;
    const optimizer = { kind: "sgd", momentum, weightDecay } as const;
    const options = { optimizer, batchSize: task.batch, threads: 1 };
    const learner = await findEngine("onnxruntime-node").create(tiny, startingParameters(tiny, 0), options);
    const losses: number[] = [];
    for (let step = 0; step < 4; step++)
      losses.push(await learner.step(exampleBatch(tiny, task.batch, 0), learningRate));
    await learner.dispose();
    expect(answers).toEqual([
      { framework: "onnxruntime-node", version: expect.any(String), device: expect.stringMatching(/^cpu/) },
      { milliseconds: expect.any(Number), cpuMilliseconds: expect.any(Number), loss: losses[0] },
      { milliseconds: expect.any(Number), cpuMilliseconds: expect.any(Number), loss: losses[3] },
    ]);
  });

  it("says why it cannot", async () => {
    const resnet = workloads["resnet-20"].make();
    expect(await conversation({ engine: "brain", architecture: resnet, ...task }, 1)).toEqual([
      { failed: expect.stringMatching(/dense networks/) },
    ]);
  });
});

describe("engines in processes", { timeout: 180_000 }, () => {
  let module: Awaited<ReturnType<typeof engineModule>>;
  beforeAll(async () => {
    module = await engineModule();
  });
  afterAll(() => module.remove());

  it("time and weigh a network; what cannot run is skipped with its reason", async () => {
    const result = await runSpeed({
      architecture: "tiny",
      steps: 2,
      warmUp: 1,
      engines: ["onnxruntime-node", "onnxruntime-web", "brain"],
      pytorch: false,
      engineModule: module.url,
    });
    expect(result.batch).toBe(128);
    expect(result.entries.map(({ name, steps }) => [name, steps.length])).toEqual([
      ["onnxruntime-node", 2],
      ["onnxruntime-web", 2],
    ]);
    for (const entry of result.entries) {
      expect(entry.milliseconds).toBeGreaterThan(0);
      expect(entry.cpuMilliseconds).toBeGreaterThan(0);
      expect(entry.relativeToOnnxruntimeNode).toBeGreaterThan(0);
      if (tellsPeaks) expect(entry.peakBytes).toBeGreaterThan(2 ** 20);
    }
    expect(result.skipped).toEqual([{ name: "brain", reason: expect.stringMatching(/^brain.js has no weight decay/) }]);
  });

  it("times brain.js where there is no weight decay", async () => {
    const result = await runSpeed({
      architecture: "mlp-plain",
      batch: 2,
      steps: 1,
      warmUp: 0,
      engines: ["brain"],
      pytorch: false,
      engineModule: module.url,
    });
    expect(result.skipped).toEqual([]);
    expect(result.entries.map(({ name }) => name)).toEqual(["brain"]);
  });

  it("uses two threads in one process after one in another", async () => {
    for (const threads of [1, 2]) {
      const options = { ...task, threads, module: module.url };
      const peer = await enginePeer("onnxruntime-web", workloads.tiny.make(), options);
      expect((await peer.step()).milliseconds).toBeGreaterThan(0);
      await peer.dispose();
    }
  });

  it("a process that dies is skipped", async () => {
    const gone = new URL("nothing.mjs", module.url);
    const result = await runSpeed({
      architecture: "tiny",
      steps: 1,
      pytorch: false,
      engines: ["brain"],
      engineModule: gone,
    });
    expect(result.entries).toEqual([]);
    expect(result.skipped).toEqual([{ name: "brain", reason: expect.stringMatching(/^the process ended early/) }]);
  });
});
