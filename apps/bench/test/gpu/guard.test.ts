import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import type { Learner } from "../../src/engines/engine.js";
import { explainGpuError } from "../../src/gpu/explainGpuError.js";
import { guardLearner, watchDevice } from "../../src/gpu/guard.js";

const batch = { inputs: new Float32Array(0), labels: new Int32Array(0), size: 0 };

/** A device and a learner under the test's control. */
function setting(step: () => Promise<number>) {
  let lose!: (info: { message: string }) => void;
  let listener!: (event: { error: { message: string } }) => void;
  const watch = watchDevice({
    lost: new Promise((resolve) => (lose = resolve)),
    addEventListener: (_, given) => (listener = given),
  });
  const learner: Learner = {
    step,
    logits: async () => new Float32Array(0),
    weights: async () => new Map(),
    dispose: async () => {},
  };
  return {
    learner: guardLearner(learner, watch),
    watch,
    lose,
    report: (message: string) => listener({ error: { message } }),
  };
}

describe("guardLearner", () => {
  it("ends a call that would wait for ever when the device is lost, and every later one", async () => {
    const { learner, lose } = setting(() => new Promise(() => {}));
    const waiting = learner.step(batch, 1);
    lose({ message: "driver reset" });
    await expect(waiting).rejects.toThrow(/GPU device was lost .* smaller batch may pass: device lost: driver reset/);
    await expect(learner.weights()).rejects.toThrow(/lost/);
    await learner.dispose();
  });

  it("keeps no result while the device lives", async () => {
    setFlagsFromString("--expose-gc");
    const collect: () => void = runInNewContext("gc");
    const { learner } = setting(async () => 0);
    const made = [];
    for (let call = 0; call < 20; call++) made.push(new WeakRef(await learner.logits(batch.inputs, 0)));
    // What a job held is let go in the next one.
    await new Promise((resolve) => setTimeout(resolve, 1));
    collect();
    expect(made.filter((result) => result.deref() !== undefined).length).toBeLessThanOrEqual(1);
  });

  it("does not hand out results after an error that the framework kept to itself", async () => {
    const { learner, report } = setting(async () => {
      report("Buffer size (99) exceeds the max buffer size limit");
      return 1;
    });
    await expect(learner.step(batch, 1)).rejects.toThrow(/larger than this GPU's limits/);
  });

  it("explains what a call throws, and passes results on", async () => {
    const failing = setting(async () => {
      throw new Error("VK_ERROR_OUT_OF_DEVICE_MEMORY\nat somewhere");
    });
    await expect(failing.learner.step(batch, 1)).rejects.toThrow(/memory ran out.*: VK_ERROR_OUT_OF_DEVICE_MEMORY$/);
    expect(await setting(async () => 3).learner.step(batch, 1)).toBe(3);
    expect(setting(async () => 3).learner.queue).toBeUndefined();
  });

  it("watches over queued steps too", async () => {
    const { watch, lose, learner: plain } = setting(async () => 0);
    const queue = { push: async () => {}, losses: () => new Promise<number[]>(() => {}) };
    const learner = guardLearner({ ...plain, queue }, watch);
    await learner.queue!.push(batch, 1);
    const waiting = learner.queue!.losses();
    lose({ message: "driver reset" });
    await expect(waiting).rejects.toThrow(/GPU device was lost/);
    await expect(learner.queue!.push(batch, 1)).rejects.toThrow(/lost/);
  });
});

describe("explainGpuError", () => {
  it.each([
    ["BatchNormalization trainingMode is not supported yet.", /no kernel on this device/],
    ["std::bad_alloc", /memory ran out/],
    ["something else", /^something else$/],
  ])("%s", (message, expected) => {
    expect(explainGpuError(new Error(message)).message).toMatch(expected);
  });
});
