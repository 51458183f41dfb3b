// `node apps/bench/scripts/browser.mjs [--architecture resnet-20] [--batch 32] [--steps 10] [--threads 1,2] [--json]`:
// milliseconds of a training step on onnxruntime-web's wasm provider in a cross-origin-isolated page of a headless Chromium, one
// page for each number of threads, steps taken in turns. Needs the build; CHROMIUM can name the browser.
import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { describeEnvironment, observeEnvironment } from "../dist/speed/environment.js";
import { interleave, median } from "../dist/speed/interleave.js";
import { recipe } from "../dist/speed/recipe.js";
import { workloads } from "../dist/speed/workload.js";
import { findChromium } from "./chromium.mjs";

const { values } = parseArgs({
  options: {
    architecture: { type: "string", default: "resnet-20" },
    batch: { type: "string", default: "32" },
    steps: { type: "string", default: "10" },
    threads: { type: "string", default: "1,2" },
    json: { type: "boolean", default: false },
  },
});
const WARM_UP = 2;
const whole = (name, text) => {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`--${name} needs whole numbers >= 1, got "${text}"`);
  return Number(text);
};
const [batch, steps] = ["batch", "steps"].map((name) => whole(name, values[name]));
const threadCounts = values.threads.split(",").map((text) => whole("threads", text));
if (!Object.hasOwn(workloads, values.architecture)) {
  throw new Error(`--architecture needs one of ${Object.keys(workloads).join(", ")}, got "${values.architecture}"`);
}

const root = fileURLToPath(new URL("../../..", import.meta.url));
// What browsers are told of packages' exports, Node reads itself.
const imports = { "@bufbuild/protobuf/wire": "/node_modules/@bufbuild/protobuf/dist/esm/wire/index.js" };
for (const name of ["core", "onnx", "onnx-train"]) {
  const { exports } = JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8"));
  for (const [key, target] of Object.entries(exports)) {
    if (target.default) imports[posix.join(`@idinit/${name}`, key)] = posix.join("/packages", name, target.default);
  }
}
const page = `<!doctype html><title>train</title>
<script type="importmap">${JSON.stringify({ imports })}</script>
<script type="module">
import * as ort from "/node_modules/onnxruntime-web/dist/ort.wasm.min.mjs";
import { exampleBatch } from "/apps/bench/dist/architectures/exampleBatch.js";
import { startingParameters } from "/apps/bench/dist/architectures/startingParameters.js";
import { onnxLearner } from "/apps/bench/dist/engines/onnx/onnxLearner.js";
import { workloads } from "/apps/bench/dist/speed/workload.js";

globalThis.start = async ({ architecture: name, batch, threads, recipe }) => {
  Object.assign(ort.env.wasm, { wasmPaths: new URL("/node_modules/onnxruntime-web/dist/", location).href, numThreads: threads });
  const architecture = workloads[name].make();
  const { learningRate, momentum, weightDecay } = recipe;
  const options = { optimizer: { kind: "sgd", momentum, weightDecay }, batchSize: batch, threads };
  const session = { executionProviders: ["wasm"] };
  const learner = await onnxLearner(ort, architecture, startingParameters(architecture, 0), options, session);
  const data = exampleBatch(architecture, batch, 0);
  globalThis.step = async () => {
    const begun = performance.now();
    const loss = await learner.step(data, learningRate);
    return { milliseconds: performance.now() - begun, loss };
  };
  return { isolated: crossOriginIsolated, name: architecture.name, version: ort.env.versions.web };
};
globalThis.loaded = true;
</script>`;

const server = createServer((request, response) => {
  const path = normalize(decodeURIComponent(new URL(request.url, "http://localhost").pathname));
  // Isolation is what gives a page shared memory, and shared memory gives wasm its threads.
  const headers = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };
  const file = join(root, path);
  if (path !== "/" && !(file.startsWith(root) && existsSync(file) && statSync(file).isFile())) {
    response.writeHead(404, headers).end();
    return;
  }
  const kinds = { ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm" };
  const type = path === "/" ? "text/html" : (kinds[extname(path)] ?? "application/octet-stream");
  response.writeHead(200, { ...headers, "Content-Type": type }).end(path === "/" ? page : readFileSync(file));
});

/** A page that is ready to train on so many threads. */
async function openContender(browser, address, threads) {
  const tab = await browser.newPage();
  const broken = new Promise((_, reject) => {
    tab.on("pageerror", (error) => reject(new Error(`page with ${threads} thread(s): ${error.message}`)));
  });
  // Later errors end a step, which says so itself.
  broken.catch(() => {});
  await tab.goto(address);
  await Promise.race([broken, tab.waitForFunction("globalThis.loaded", undefined, { timeout: 120_000 })]);
  const task = { architecture: values.architecture, batch, threads, recipe };
  const facts = await tab.evaluate(`start(${JSON.stringify(task)})`);
  if (!facts.isolated) throw new Error("the page is not cross-origin isolated: there are no threads");
  let loss = Number.NaN;
  return {
    ...facts,
    threads,
    loss: () => loss,
    step: async () => {
      const taken = await tab.evaluate("step()");
      loss = taken.loss;
      return taken.milliseconds;
    },
  };
}

const executablePath = findChromium();
if (executablePath === undefined) throw new Error("no Chromium found on the PATH; CHROMIUM can name one");

const finishEnvironment = await observeEnvironment();
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
try {
  const contenders = [];
  for (const threads of threadCounts) {
    console.error(`building on ${threads} thread(s)`);
    contenders.push(await openContender(browser, `http://127.0.0.1:${server.address().port}/`, threads));
  }
  const onStep = (turn) => console.error(`turn ${turn} of ${WARM_UP + steps}`);
  const durations = await interleave(contenders, { steps, warmUp: WARM_UP, onStep });
  const failed = durations.find((taken) => taken instanceof Error);
  if (failed) throw failed;
  const medians = durations.map(median);
  const one = medians[threadCounts.indexOf(1)];
  const result = {
    kind: "browser-speed",
    architecture: contenders[0].name,
    batch,
    steps,
    warmUp: WARM_UP,
    framework: `onnxruntime-web ${contenders[0].version}`,
    browser: `Chromium ${browser.version()}`,
    crossOriginIsolated: true,
    entries: contenders.map(({ threads, loss }, i) => ({
      threads,
      steps: durations[i],
      milliseconds: medians[i],
      // The median of one thread divided by this one: above 1 is faster.
      ...(one !== undefined && { relativeToOneThread: one / medians[i] }),
      loss: loss(),
    })),
    environment: finishEnvironment(),
  };
  if (values.json) console.log(JSON.stringify(result, null, 2));
  else {
    console.log(`${result.architecture}, batch ${batch}, ${result.framework} wasm, ${result.browser}`);
    for (const { threads, milliseconds, relativeToOneThread } of result.entries) {
      const ratio =
        relativeToOneThread === undefined ? "" : `, ${relativeToOneThread.toFixed(2)} times one thread's speed`;
      console.log(`${threads} thread(s): ${milliseconds.toFixed(1)} ms a step${ratio}`);
    }
    console.log(describeEnvironment(result.environment));
  }
} finally {
  await browser.close();
  server.close();
}
