// `node apps/bench/scripts/soak.mjs ENGINE [CYCLES] [STEPS] [NETWORK] [--json] [--keep]`: starts and stops an engine 200
// times, then takes 5,000 training steps, and shows resident memory and live tensors on the way: neither may grow. Needs the build.
// NETWORK: resnet (default), mlp, which compiles few shaders: for software adapters, or mlp-large, 784-512×4-10.
// With --keep another learner lives all along, so that a device and its compiled shaders do too.
// With --json one value is printed: all samples, and by how much memory grew in 1,000 steps.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { exampleBatch } from "../dist/architectures/exampleBatch.js";
import { mlp, resnet } from "../dist/architectures/index.js";
import { startingParameters } from "../dist/architectures/startingParameters.js";
import { findEngine } from "../dist/engines/index.js";

process.env.ORT_DISABLE_TELEMETRY ??= "1";
const json = process.argv.includes("--json");
const keep = process.argv.includes("--keep");
const [name = "onnxruntime-node", cycleCount = "200", stepCount = "5000", network] = process.argv
  .slice(2)
  .filter((argument) => !argument.startsWith("--"));
const engine = findEngine(name);
const [cycles, steps] = [cycleCount, stepCount].map(Number);
if (![cycles, steps].every((count) => Number.isSafeInteger(count) && count >= 0)) {
  throw new Error(`CYCLES and STEPS need whole numbers, got "${cycleCount}" and "${stepCount}"`);
}
if (json && steps < 8) throw new Error(`--json needs 8 STEPS or more to show a growth, got ${steps}`);
const networks = {
  resnet: () => resnet({ depth: 8, classes: 10, width: 4, input: { kind: "image", channels: 3, height: 8, width: 8 } }),
  mlp: () => mlp({ features: 64, hidden: 64, layers: 3, classes: 10 }),
  "mlp-large": () => mlp({ features: 784, hidden: 512, layers: 5, classes: 10 }),
};
// brain.js has dense layers only, and no weight decay.
const make = networks[network ?? (name === "brain" ? "mlp" : "resnet")];
if (!make) throw new Error(`NETWORK needs one of ${Object.keys(networks).join(", ")}, got "${network}"`);
const architecture = make();
const optimizer = { kind: "sgd", momentum: 0.9, weightDecay: name === "brain" ? 0 : 5e-4 };
const options = { optimizer, batchSize: 8, threads: 1 };
const weights = startingParameters(architecture, 0);

const reason = await engine.unsupported(architecture, options);
if (reason !== undefined) throw new Error(`${engine.name}: ${reason}`);
const tf = engine.name.startsWith("tfjs") ? await import("@tensorflow/tfjs") : undefined;

// What is only waiting for collection is no growth.
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc");
const samples = [];

function sample(phase, at) {
  collect();
  const { rss, heapUsed } = process.memoryUsage();
  const mebi = (bytes) => Math.round((10 * bytes) / 2 ** 20) / 10;
  samples.push({
    phase,
    at,
    resident: mebi(rss),
    heap: mebi(heapUsed),
    ...(tf && { tensors: tf.memory().numTensors }),
  });
  if (json) return;
  const tensors = tf ? `, ${tf.memory().numTensors} live tensors` : "";
  console.log(
    `${`${phase} ${at}`.padEnd(16)} resident ${mebi(rss).toFixed(1).padStart(7)} MiB, heap ${mebi(heapUsed).toFixed(1).padStart(6)} MiB${tensors}`,
  );
}

if (!json) console.log(`${engine.name}: ${architecture.name}, ${cycles} cycles, ${steps} steps`);
const keeper = keep ? await engine.create(architecture, weights, options) : undefined;
for (let cycle = 0; cycle <= cycles; cycle++) {
  if (cycle % Math.ceil(cycles / 8) === 0) sample("cycle", cycle);
  const learner = await engine.create(architecture, weights, options);
  await learner.step(exampleBatch(architecture, options.batchSize, cycle), 0.01);
  await learner.dispose();
}
const learner = await engine.create(architecture, weights, options);
const every = steps >= 4000 ? 1000 : Math.ceil(steps / 8);
for (let step = 0; step <= steps; step++) {
  if (step % every === 0) sample("step", step);
  await learner.step(exampleBatch(architecture, options.batchSize, step), 0.01);
}
await learner.dispose();
await keeper?.dispose();
sample("disposed after", steps);

if (json) {
  const taken = samples.filter(({ phase, at }) => phase === "step" && at >= every);
  const growth = (key) => taken.slice(1).map((next, i) => Math.round(((next[key] - taken[i][key]) * 1e4) / every) / 10);
  const [half, last] = [taken[taken.length >> 1], taken.at(-1)];
  console.log(
    JSON.stringify(
      {
        kind: "soak",
        engine: engine.name,
        architecture: architecture.name,
        batch: options.batchSize,
        cycles,
        steps,
        node: process.version,
        // MiB for each 1,000 steps, one number for each pair of samples; then over the second half, where buffers have their size.
        residentGrowth: growth("resident"),
        heapGrowth: growth("heap"),
        lateResidentGrowth: Math.round(((last.resident - half.resident) * 1e5) / (last.at - half.at)) / 100,
        samples,
      },
      null,
      2,
    ),
  );
}
process.exit();
