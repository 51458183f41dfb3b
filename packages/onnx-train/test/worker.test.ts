/** A trainer behind messages: over a channel, and in a real thread. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { MessageChannel, Worker } from "node:worker_threads";
import * as ort from "onnxruntime-node";
import { build } from "vite";
import { afterAll, describe, expect, it } from "vitest";
import {
  adamw,
  connectTrainer,
  createTrainer,
  fit,
  OnnxTrainError,
  type Port,
  type RemoteOptions,
  serveTrainer,
  sgd,
  softmaxCrossEntropy,
} from "../src/index.js";
import { fixture, modelBytes } from "./support/fixtures.js";

const { model, batch, steps } = fixture("mlp");
const isWeight = (name: string) => name.endsWith("weight");
const options: RemoteOptions = {
  loss: softmaxCrossEntropy({ labelSmoothing: 0.1 }),
  optimizer: adamw({ lr: 0.01, weightDecay: 0.5, decay: (name) => (isWeight(name) ? 2 : 0) }),
  trainable: (name) => name !== "fc1.bias",
  emaDecay: 0.9,
  clipNorm: 1,
};
const sessionOptions = { intraOpNumThreads: 1 };

/** The two ends of a channel, the far one served. */
function served(): { near: Port; close: () => void } {
  const { port1, port2 } = new MessageChannel();
  serveTrainer(port2, { ort });
  return { near: port1, close: () => port1.close() };
}

/** The same channel as browsers have it: events, no `on`. */
function browserLike(port: Port): Port {
  return {
    postMessage: (message) => port.postMessage(message),
    addEventListener: (event, listener) => port.on!(event, ((data: never) => listener({ data } as never)) as never),
  };
}

describe("a trainer behind a port", () => {
  it.each([
    ["Node", (port: Port) => port, {}],
    ["browser", browserLike, {}],
    ["mixed precision", (port: Port) => port, { precision: "mixed", lossScale: { start: 2 ** 10 } }],
  ] as const)("is the same trainer (%s)", async (_title, end, more) => {
    const { near, close } = served();
    const remote = await connectTrainer(end(near), model, { ...options, ...more });
    const local = await createTrainer(model, { ...options, ...more, ort });
    expect(remote.info).toEqual(local.info);
    for (const trainer of [remote, local]) {
      await trainer.step(batch(0), { lr: 0.02 });
      await trainer.step([batch(1), batch(2)]);
      await fit(trainer, [batch(3)]);
      await trainer.enqueue(batch(4));
    }
    expect(await remote.results()).toEqual(await local.results());
    expect(await remote.checkpoint()).toEqual(await local.checkpoint());
    expect(await remote.gradients(batch(0))).toEqual(await local.gradients(batch(0)));
    expect(await remote.evaluate(batch(0), { averaged: true })).toEqual(
      await local.evaluate(batch(0), { averaged: true }),
    );
    expect(await remote.export()).toEqual(await local.export());
    const input = new ort.Tensor("float32", batch(0).input as Float32Array, [9, 6]);
    const [a, b] = [await remote.predict({ input }), await local.predict({ input })];
    expect(a.logits!.data).toEqual(b.logits!.data);
    expect(a.logits!.dims).toEqual([9, 4]);
    await remote.restore(await local.checkpoint());
    await remote.loadParameters(new Map([["fc3.bias", new Float32Array(4)]]));
    expect((await remote.parameters()).get("fc3.bias")).toEqual(new Float32Array(4));
    await remote.dispose();
    await remote.dispose();
    await expect(remote.parameters()).rejects.toThrow("the trainer is disposed");
    await local.dispose();
    close();
  });

  it("passes errors on with their class and text", async () => {
    const { near, close } = served();
    const remote = await connectTrainer(near, model, options);
    const wrong = remote.step({ ...batch(0), target: [9, 0, 0, 0, 0, 0, 0, 0, 0] });
    await expect(wrong).rejects.toThrow(OnnxTrainError);
    await expect(wrong).rejects.toThrow("class indices 0 to 3, got 9 at index 0");
    await expect(connectTrainer(near, model, { ...options, trainable: ["fc9"] })).rejects.toThrow('initializer "fc9"');
    await expect(connectTrainer(near, model, { ...options, batchSize: 0.5 })).rejects.toThrow();
    close();
  });

  it("may have several trainers", async () => {
    const { near, close } = served();
    const first = await connectTrainer(near, model, options);
    const second = await connectTrainer(near, modelBytes("resnet"), {
      loss: "softmax-cross-entropy",
      optimizer: sgd({ lr: 0.1 }),
    });
    const results = await Promise.all([first.step(batch(0)), second.step(fixture("resnet").batch(0))]);
    expect(results.map(({ loss }) => loss)).not.toContain(Number.NaN);
    expect((await first.parameters()).has("fc3.bias")).toBe(true);
    expect((await second.parameters()).has("fc.bias")).toBe(true);
    await first.dispose();
    await second.dispose();
    close();
  });

  it("leaves no listeners behind", async () => {
    const { port1, port2 } = new MessageChannel();
    serveTrainer(port2, { ort });
    const counts = () => port1.eventNames().map((event) => port1.listenerCount(event as string));
    const before = counts();
    const remote = await connectTrainer(port1, model, options);
    expect(counts()).not.toEqual(before);
    await expect(connectTrainer(port1, model, { ...options, batchSize: 0.5 })).rejects.toThrow();
    await remote.dispose();
    expect(counts()).toEqual(before);
    port1.close();
  });

  it("rejects feeds that are no arrays as the trainer does", async () => {
    const { near, close } = served();
    const remote = await connectTrainer(near, model, options);
    const wrong = remote.step({ ...batch(0), input: 3 as never });
    await expect(wrong).rejects.toThrow('"input" should be an array or a tensor, got number');
    await expect(remote.step({ ...batch(0), input: (() => 3) as never })).rejects.toThrow("could not be cloned");
    expect((await remote.step(batch(0))).diverged).toBe(false);
    await remote.dispose();
    close();
  });

  it("rejects what cannot be a port", async () => {
    const dumb = { postMessage: () => {} };
    await expect(connectTrainer(dumb, model, options)).rejects.toThrow("a port has postMessage, and on or");
  });
});

describe("a thread", () => {
  // Inside the package, so that the imports of the worker resolve as a user's would.
  const folder = mkdtempSync(fileURLToPath(new URL(".worker-", import.meta.url)));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** The worker of the documentation, which also ends when told to; sources are TypeScript, so it is bundled first. */
  async function startWorker(): Promise<Worker> {
    const source = fileURLToPath(new URL("../src/index.ts", import.meta.url));
    const entry = `${folder}/entry.js`;
    writeFileSync(
      entry,
      `import * as ort from "onnxruntime-node";
       import { parentPort } from "node:worker_threads";
       import { serveTrainer } from ${JSON.stringify(source)};
       serveTrainer(parentPort, { ort });
       parentPort.on("message", (message) => message === "end" && process.exit(1));`,
    );
    await build({
      configFile: false,
      logLevel: "error",
      resolve: { conditions: ["@idinit/source"] },
      ssr: { noExternal: [/^@idinit/], external: ["onnxruntime-node"], resolve: { conditions: ["@idinit/source"] } },
      build: {
        ssr: entry,
        outDir: folder,
        emptyOutDir: false,
        rollupOptions: { output: { entryFileNames: "worker.mjs" } },
      },
    });
    return new Worker(`${folder}/worker.mjs`);
  }

  it("trains while this one stays free, and says when it has ended", async () => {
    const worker = await startWorker();
    const { batch: images } = fixture("resnet");
    const more = { loss: "softmax-cross-entropy", optimizer: sgd({ lr: 0.01 }), sessionOptions } as const;
    const remote = await connectTrainer(worker, modelBytes("resnet"), more);
    const local = await createTrainer(modelBytes("resnet"), { ...more, ort });
    let turns = 0;
    let training = true;
    const count = () => {
      turns++;
      if (training) setImmediate(count);
    };
    setImmediate(count);
    const losses = [];
    for (let step = 0; step < steps; step++) losses.push((await remote.step(images(step))).loss);
    training = false;
    // A step in this thread lets the event loop turn a few times; here it turns as long as a step takes.
    expect(turns).toBeGreaterThan(20 * steps);
    for (let step = 0; step < steps; step++) expect((await local.step(images(step))).loss).toBe(losses[step]);
    // It ends between two messages: a thread that is stopped within onnxruntime can take the process with it.
    const lost = Promise.all(Array.from({ length: 20 }, () => remote.step(images(0))));
    worker.postMessage("end");
    await expect(lost).rejects.toThrow("the trainer's worker has ended: it exited with code 1");
    await expect(remote.parameters()).rejects.toThrow(OnnxTrainError);
    await remote.dispose();
    await local.dispose();
  });
});
