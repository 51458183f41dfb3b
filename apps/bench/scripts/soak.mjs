// `node --expose-gc apps/bench/scripts/soak.mjs ENGINE [CYCLES] [STEPS]`: starts and stops an engine 200 times, then takes
// 5,000 training steps, and shows resident memory and live tensors on the way: neither may grow. Needs the build.
import { exampleBatch } from "../dist/architectures/exampleBatch.js";
import { mlp, resnet } from "../dist/architectures/index.js";
import { startingParameters } from "../dist/architectures/startingParameters.js";
import { findEngine } from "../dist/engines/index.js";

process.env.ORT_DISABLE_TELEMETRY ??= "1";
const engine = findEngine(process.argv[2] ?? "onnxruntime-node");
const cycles = Number(process.argv[3] ?? 200);
const steps = Number(process.argv[4] ?? 5000);
// brain.js has dense layers only, and no weight decay.
const dense = engine.name === "brain";
const architecture = dense
  ? mlp({ features: 64, hidden: 64, layers: 3, classes: 10 })
  : resnet({ depth: 8, classes: 10, width: 4, input: { kind: "image", channels: 3, height: 8, width: 8 } });
const optimizer = { kind: "sgd", momentum: 0.9, weightDecay: dense ? 0 : 5e-4 };
const options = { optimizer, batchSize: 8, threads: 1 };
const weights = startingParameters(architecture, 0);

const reason = await engine.unsupported(architecture, options);
if (reason !== undefined) throw new Error(`${engine.name}: ${reason}`);
const tf = engine.name.startsWith("tfjs") ? await import("@tensorflow/tfjs") : undefined;

function report(what) {
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  const mebi = (bytes) => `${(bytes / 2 ** 20).toFixed(0)} MiB`.padStart(9);
  const tensors = tf ? `, ${tf.memory().numTensors} live tensors` : "";
  console.log(`${what.padEnd(16)} resident ${mebi(rss)}, heap ${mebi(heapUsed)}${tensors}`);
}

console.log(`${engine.name}: ${architecture.name}, ${cycles} cycles, ${steps} steps`);
for (let cycle = 0; cycle <= cycles; cycle++) {
  if (cycle % Math.ceil(cycles / 8) === 0) report(`cycle ${cycle}`);
  const learner = await engine.create(architecture, weights, options);
  await learner.step(exampleBatch(architecture, options.batchSize, cycle), 0.01);
  await learner.dispose();
}
const learner = await engine.create(architecture, weights, options);
for (let step = 0; step <= steps; step++) {
  if (step % Math.ceil(steps / 8) === 0) report(`step ${step}`);
  await learner.step(exampleBatch(architecture, options.batchSize, step), 0.01);
}
await learner.dispose();
report("disposed");
