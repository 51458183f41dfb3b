// Where a training step's time goes, by operator: node packages/onnx-train/bench/profile.mjs [resnet-20|resnet-18|transformer|mlp] [node|web] [batch] [steps].
// Needs a build (npm run build). One thread; JSON; each node counts with its fastest run after the first two.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeModel, GraphBuilder } from "@idinit/onnx";
import { createTrainer, sgd } from "@idinit/onnx-train";

const [workload = "resnet-20", runtime = "node", batch = 128, steps = 8] = process.argv.slice(2);
const models = { "resnet-20": resnet20, "resnet-18": resnet18, transformer, mlp };
if (!models[workload] || !["node", "web"].includes(runtime)) {
  console.error(
    "usage: node packages/onnx-train/bench/profile.mjs [resnet-20|resnet-18|transformer|mlp] [node|web] [batch] [steps]",
  );
  process.exit(1);
}
process.env.ORT_DISABLE_TELEMETRY ??= "1";
/** Random numbers that are the same in every run (Lehmer's generator). */
let seed = 1;
const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647 - 0.5;
const values = (count, scale) => Float32Array.from({ length: count }, () => scale * random());

const ort = runtime === "web" ? await import("onnxruntime-web") : await import("onnxruntime-node");
if (runtime === "web") ort.env.wasm.numThreads = 1;
// onnxruntime-web knows no files and writes its profile to the standard output: another process does the steps.
const child = process.env.PROFILE_CHILD === "1";
if (runtime === "web" && !child) {
  const env = { ...process.env, PROFILE_CHILD: "1" };
  const { stdout } = spawnSync(process.execPath, process.argv.slice(1), {
    env,
    encoding: "utf8",
    maxBuffer: 2 ** 29,
    stdio: ["ignore", "pipe", "inherit"],
  });
  console.log(JSON.stringify(summary(stdout.split("\n")), null, 2));
  process.exit();
}
const folder = mkdtempSync(join(tmpdir(), "profile-"));
let session;
const profiled = {
  ...ort,
  InferenceSession: {
    create: async (bytes, options) => {
      session = await ort.InferenceSession.create(bytes, {
        ...options,
        enableProfiling: true,
        profileFilePrefix: join(folder, "step"),
      });
      return session;
    },
  },
};
try {
  const { bytes, size } = models[workload]();
  const trainer = await createTrainer(bytes, {
    ort: profiled,
    loss: "softmax-cross-entropy",
    optimizer: sgd({ lr: 1e-3, momentum: 0.9, weightDecay: 5e-4 }),
    batchSize: Number(batch),
    sessionOptions: { executionProviders: [runtime === "web" ? "wasm" : "cpu"], intraOpNumThreads: 1 },
  });
  const target = Int32Array.from({ length: Number(batch) }, () => Math.floor((random() + 0.5) * 10));
  const x = values(Number(batch) * size, 2);
  for (let step = 0; step < Number(steps); step++) await trainer.step({ x, target });
  session.endProfiling();
  if (!child) console.log(JSON.stringify(summary(lines()), null, 2));
} finally {
  rmSync(folder, { recursive: true });
}
process.exit();

/** The profile of the last session that was made, the trainer's. */
function lines() {
  const [last] = readdirSync(folder).sort().reverse();
  return readFileSync(join(folder, last), "utf8").split("\n");
}

function summary(profile) {
  const runs = new Map();
  for (const line of profile) {
    if (!line.includes("_kernel_time")) continue;
    const { name, dur, args } = JSON.parse(line.replace(/^\[/, "").replace(/,\s*$/, ""));
    const known = runs.get(name) ?? { operator: args.op_name, durations: [] };
    runs.set(name, known);
    known.durations.push(dur / 1000);
  }
  const operators = new Map();
  for (const { operator, durations } of runs.values()) {
    const entry = operators.get(operator) ?? { nodes: 0, milliseconds: 0 };
    operators.set(operator, entry);
    entry.nodes++;
    entry.milliseconds += Math.min(...durations.slice(2));
  }
  const total = [...operators.values()].reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const rows = [...operators].map(([operator, { nodes, milliseconds }]) => ({
    operator,
    nodes,
    milliseconds: Number(milliseconds.toFixed(2)),
    share: Number((milliseconds / total).toFixed(3)),
  }));
  const versions = { version: ort.env.versions[runtime], node: process.version };
  const milliseconds = Number(total.toFixed(1));
  const sorted = rows.sort((a, b) => b.milliseconds - a.milliseconds);
  return {
    workload,
    runtime,
    ...versions,
    batch: Number(batch),
    steps: Number(steps),
    milliseconds,
    operators: sorted,
  };
}

/** ResNet-20 for images of 32 x 32: three stages of three blocks, shortcuts by convolutions of one tap. */
function resnet20() {
  const layers = residual();
  const stem = layers.relu(layers.conv(layers.g.input("x", "float32", ["batch", 3, 32, 32]), 3, 16, 3, 1));
  return { bytes: layers.finish(layers.stages(stem, [16, 32, 64], 3), 64, 10), size: 3 * 32 * 32 };
}

/** ImageNet's ResNet-18 on images of 64 x 64: a stem of 7 x 7, max pooling, four stages of two blocks. */
function resnet18() {
  const layers = residual();
  const stem = layers.relu(layers.conv(layers.g.input("x", "float32", ["batch", 3, 64, 64]), 3, 64, 7, 2));
  const pooled = layers.g.node("MaxPool", [stem], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] });
  return { bytes: layers.finish(layers.stages(pooled, [64, 128, 256, 512], 2), 512, 200), size: 3 * 64 * 64 };
}

/** The layers that residual networks have in common. */
function residual() {
  const g = new GraphBuilder({ opset: 17 });
  let made = 0;
  const relu = (x) => g.node("Relu", [x]);
  const norm = (x, channels) => {
    const vector = (name, value) => g.initializer(`${name}${made}`, [channels], new Float32Array(channels).fill(value));
    const inputs = [vector("scale", 1), vector("shift", 0), vector("mean", 0), vector("variance", 1)];
    return g.node("BatchNormalization", [x, ...inputs]);
  };
  const conv = (x, from, to, kernel, stride) => {
    const weights = values(to * from * kernel ** 2, Math.sqrt(24 / (from * kernel ** 2)));
    const w = g.initializer(`w${++made}`, [to, from, kernel, kernel], weights);
    const pad = (kernel - 1) / 2;
    return norm(g.node("Conv", [x, w], { strides: [stride, stride], pads: [pad, pad, pad, pad] }), to);
  };
  const stages = (x, widths, blocks) => {
    let [from] = widths;
    for (const to of widths) {
      for (let block = 0; block < blocks; block++) {
        const inner = relu(conv(x, from, to, 3, from === to ? 1 : 2));
        const branch = conv(inner, to, to, 3, 1);
        const skip = from === to ? x : conv(x, from, to, 1, 2);
        x = relu(g.node("Add", [branch, skip]));
        from = to;
      }
    }
    return x;
  };
  const finish = (x, width, classes) => {
    const head = g.initializer("head", [width, classes], values(width * classes, Math.sqrt(12 / width)));
    const pooled = g.node("Flatten", [g.node("GlobalAveragePool", [x])]);
    const bias = g.initializer("bias", [classes], new Float32Array(classes));
    g.output(g.node("Gemm", [pooled, head, bias]), "float32", ["batch", classes]);
    return encodeModel(g.build());
  };
  return { g, relu, conv, stages, finish };
}

/** Two pre-LN blocks of width 256 with 8 heads on sequences of 128 vectors, the mean of which is classified. */
function transformer() {
  const [length, width, heads] = [128, 256, 8];
  const g = new GraphBuilder({ opset: 17 });
  let made = 0;
  const vector = (value) => g.initializer(`v${++made}`, [width], new Float32Array(width).fill(value));
  const matrix = (from, to) => g.initializer(`w${++made}`, [from, to], values(from * to, Math.sqrt(12 / from)));
  const norm = (x) => g.node("LayerNormalization", [x, vector(1), vector(0)]);
  const dense = (x, from, to) => {
    const bias = g.initializer(`b${++made}`, [to], new Float32Array(to));
    return g.node("Add", [g.node("MatMul", [x, matrix(from, to)]), bias]);
  };
  const split = (x, perm) => {
    const parts = g.node("Reshape", [dense(x, width, width), g.int64s([-1, length, heads, width / heads])]);
    return g.node("Transpose", [parts], { perm });
  };
  const gelu = (x) => {
    const shifted = g.node("Add", [g.node("Erf", [g.node("Div", [x, g.scalar(Math.SQRT2)])]), g.scalar(1)]);
    return g.node("Mul", [g.node("Mul", [x, shifted]), g.scalar(0.5)]);
  };
  const attention = (x) => {
    const [query, key, value] = [
      [0, 2, 1, 3],
      [0, 2, 3, 1],
      [0, 2, 1, 3],
    ].map((perm) => split(x, perm));
    const scores = g.node("Div", [g.node("MatMul", [query, key]), g.scalar(Math.sqrt(width / heads))]);
    const mixed = g.node("MatMul", [g.node("Softmax", [scores]), value]);
    const tokens = g.node("Transpose", [mixed], { perm: [0, 2, 1, 3] });
    return dense(g.node("Reshape", [tokens, g.int64s([-1, length, width])]), width, width);
  };
  let x = g.input("x", "float32", ["batch", length, width]);
  for (let block = 0; block < 2; block++) {
    x = g.node("Add", [x, attention(norm(x))]);
    x = g.node("Add", [x, dense(gelu(dense(norm(x), width, 4 * width)), 4 * width, width)]);
  }
  const pooled = g.node("ReduceMean", [norm(x)], { axes: [1], keepdims: 0 });
  g.output(dense(pooled, width, 10), "float32", ["batch", 10]);
  return { bytes: encodeModel(g.build()), size: length * width };
}

/** 784, four hidden layers of 512, 10. */
function mlp() {
  const g = new GraphBuilder({ opset: 17 });
  const sizes = [784, 512, 512, 512, 512, 10];
  let x = g.input("x", "float32", ["batch", 784]);
  for (let i = 1; i < sizes.length; i++) {
    const [from, to] = [sizes[i - 1], sizes[i]];
    const w = g.initializer(`w${i}`, [from, to], values(from * to, Math.sqrt(24 / from)));
    x = g.node("Gemm", [x, w, g.initializer(`b${i}`, [to], new Float32Array(to))]);
    if (i < sizes.length - 1) x = g.node("Relu", [x]);
  }
  g.output(x, "float32", ["batch", 10]);
  return { bytes: encodeModel(g.build()), size: 784 };
}
