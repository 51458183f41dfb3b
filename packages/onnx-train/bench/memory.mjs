// Resident memory over many steps of a small MLP: node packages/onnx-train/bench/memory.mjs [steps] [cpu|wasm|worker].
// Needs a build (npm run build). A trainer that kept a tensor a step would grow by hundreds of megabytes.
import { MessageChannel } from "node:worker_threads";
import { encodeModel, GraphBuilder } from "@idinit/onnx";
import { adamw, connectTrainer, createTrainer, serveTrainer } from "@idinit/onnx-train";

const steps = Number(process.argv[2] ?? 10_000);
const kind = process.argv[3] ?? "cpu";
process.env.ORT_DISABLE_TELEMETRY ??= "1";
const ort = await import(kind === "wasm" ? "onnxruntime-web" : "onnxruntime-node");
const [batch, sizes] = [32, [64, 256, 256, 10]];

/** Random numbers that are the same in every run (Lehmer's generator). */
let seed = 1;
const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647 - 0.5;
const values = (count, scale) => Float32Array.from({ length: count }, () => scale * random());

const g = new GraphBuilder({ opset: 17 });
let x = g.input("x", "float32", ["batch", sizes[0]]);
for (let i = 1; i < sizes.length; i++) {
  const [from, to] = [sizes[i - 1], sizes[i]];
  const w = g.initializer(`w${i}`, [from, to], values(from * to, 2 / Math.sqrt(from)));
  x = g.node("Gemm", [x, w, g.initializer(`b${i}`, [to], new Float32Array(to))]);
  if (i < sizes.length - 1) x = g.node("Relu", [x]);
}
g.output(x, "float32", ["batch", sizes.at(-1)]);

const options = { loss: "softmax-cross-entropy", optimizer: adamw(), clipNorm: 1, emaDecay: 0.99 };
const sessionOptions = { intraOpNumThreads: 1 };
const trainer = await create(encodeModel(g.build()));
const data = Array.from({ length: 8 }, () => ({
  x: values(batch * sizes[0], 2),
  target: Array.from({ length: batch }, () => Math.floor((random() + 0.5) * 10)),
}));

const state = trainer.info.state.reduce((sum, { dims }) => sum + 4 * dims.reduce((a, b) => a * b, 1), 0);
console.log(`${kind}: ${steps} steps, ${(state / 2 ** 20).toFixed(1)} MB of state`);
const start = performance.now();
const seen = [];
for (let step = 1; step <= steps; step++) {
  const { loss } = await trainer.step(data[step % data.length]);
  if (step % Math.ceil(steps / 10) !== 0) continue;
  globalThis.gc?.();
  const memory = process.memoryUsage();
  const mb = (bytes) => (bytes / 2 ** 20).toFixed(1).padStart(7);
  seen.push(memory.rss / 2 ** 20);
  const parts = `rss ${mb(memory.rss)} MB, heap ${mb(memory.heapUsed)} MB, buffers ${mb(memory.arrayBuffers)} MB`;
  console.log(`step ${String(step).padStart(6)}: ${parts}, loss ${loss.toFixed(4)}`);
}
const half = seen.slice(seen.length / 2);
console.log(`largest less smallest of the second half: ${(Math.max(...half) - Math.min(...half)).toFixed(1)} MB`);
console.log(`${((performance.now() - start) / steps).toFixed(2)} ms a step`);
await trainer.dispose();
process.exit();

async function create(bytes) {
  if (kind !== "worker") return createTrainer(bytes, { ...options, ort, sessionOptions });
  const { port1, port2 } = new MessageChannel();
  serveTrainer(port2, { ort });
  return connectTrainer(port1, bytes, { ...options, sessionOptions });
}
