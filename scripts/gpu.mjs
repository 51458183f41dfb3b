// `npm run gpu [FOLDER]`: all that waits for a GPU, in one go: what was found, the throughput of each engine beside PyTorch, a
// ResNet-20 and a Transformer trained with IDInit and the usual scheme, and the report. CIFAR-10 and TREC are read from IDINIT_DATA.
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { root, run, setup } from "./setup.mjs";

const cli = "apps/bench/dist/cli.js";
const folder = resolve(process.argv[2] ?? join(root, "results", "gpu"));
const bench = (...args) => run(process.execPath, [cli, ...args]);

setup();
bench("doctor");
requireGpu();
if (!process.env.IDINIT_DATA)
  console.error("IDINIT_DATA names no folder with CIFAR-10 and TREC: embedded data are taken");
mkdirSync(folder, { recursive: true });
// Not by the shell's >, so that a failure of the command stays one.
const { stdout, status } = spawnSync(process.execPath, [cli, "speed", "--device", "gpu", "--json"], {
  cwd: root,
  encoding: "utf8",
  maxBuffer: 2 ** 26,
  stdio: ["ignore", "pipe", "inherit"],
});
writeFileSync(join(folder, "throughput.json"), stdout);
if (status !== 0) process.exit(status ?? 1);
const gpu = ["--device", "gpu", "--preset", "paper", "--seeds", "1", "--resume", "--out", folder];
bench("run", "--scenario", "cifar", "--depth", "20", "--epochs", "20", "--scheme", "idinit,kaiming", ...gpu);
bench("run", "--scenario", "text", "--scheme", "idinit,pytorch", ...gpu);
console.log(`${folder}: throughput.json, report.html, report.md and the records`);

/** Ends where no engine can use a GPU; `doctor` has said why. */
function requireGpu() {
  const found = spawnSync(process.execPath, [cli, "doctor", "--json"], { cwd: root, encoding: "utf8" });
  const { engines } = JSON.parse(found.stdout);
  if (engines.some(({ device, missing }) => device === "gpu" && missing === undefined)) return;
  console.error("gpu: no engine can use a GPU here; the lines above say what is missing");
  process.exit(1);
}
