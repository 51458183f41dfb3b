// `npm run bench:large`: a GPT-2 XL of 1.56 billion parameters streamed to sharded safetensors, and the memory that took.
//   --dtype float32|bfloat16|float16 (default float32: 6.2 GB)   --scheme NAME (default gpt2)   --workers N (default none)
//   --out DIR (default a temporary folder, removed at the end)   --json for machines
//   --quick on toy sizes, to see that all works   --no-setup measures what is built
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { checkShards } from "./checkShards.mjs";
import { gpt2Plan } from "./gpt2Plan.mjs";

const { values: options } = parseArgs({
  options: {
    dtype: { type: "string", default: "float32" },
    scheme: { type: "string", default: "gpt2" },
    workers: { type: "string", default: "0" },
    out: { type: "string" },
    json: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    "no-setup": { type: "boolean", default: false },
  },
});
if (!options["no-setup"]) {
  const setup = spawnSync(
    process.execPath,
    [fileURLToPath(new URL("../../../scripts/setup-only.mjs", import.meta.url))],
    { stdio: ["ignore", options.json ? "ignore" : "inherit", "inherit"] },
  );
  if (setup.status !== 0) process.exit(setup.status ?? 1);
}

// The build makes what these import.
const { planList, writeSafetensors } = await import("../dist/large/index.js");
const { toFolder, workerPool } = await import("../dist/node/index.js");

/** XL has 48 layers and is 1600 wide. */
const layers = options.quick ? 2 : 48;
const entries = options.quick ? gpt2Plan(layers, 16, { vocabulary: 100, positions: 8 }) : gpt2Plan(layers, 1600);
const network = { activation: "gelu", residual: true, branches: 2 * layers };
const plan = planList(entries, { scheme: options.scheme, ...network });
const folder = options.out ?? mkdtempSync(join(tmpdir(), "idinit-large-"));
const size = Number(options.workers);
const pool = size > 0 ? workerPool({ size }) : undefined;
try {
  const before = process.resourceUsage().maxRSS;
  const start = performance.now();
  const { files, tensorBytes } = await writeSafetensors(plan, toFolder(folder), {
    dtype: options.dtype,
    ...(options.quick && { shardBytes: 20_000 }),
    ...(pool && { pool }),
  });
  const seconds = (performance.now() - start) / 1000;
  // In kB on Linux, macOS and Windows alike.
  const peak = process.resourceUsage().maxRSS * 1024;
  const result = {
    machine: { processor: cpus()[0]?.model ?? "unknown", node: process.versions.node },
    parameters: plan.reduce((total, { shape }) => total + shape.reduce((product, side) => product * side, 1), 0),
    scheme: options.scheme,
    dtype: options.dtype,
    workers: size,
    files,
    tensorBytes,
    seconds,
    residentBytes: { before: before * 1024, peak },
    checkedBy: checkShards(folder, files, plan),
    wanted: { peakBelow: 500e6, met: peak < 500e6 },
  };
  if (options.json) {
    console.log(JSON.stringify(result, null, 2));
  } else {
    const MB = (bytes) => `${Math.round(bytes / 1e6)} MB`;
    console.log(`\n${result.machine.processor}, Node ${result.machine.node}, ${size} workers`);
    console.log(
      `${result.parameters} parameters by ${options.scheme} as ${options.dtype}: ${files.length} files, ${MB(tensorBytes)} of tensors`,
    );
    console.log(`checked against ${result.checkedBy}`);
    console.log(`${seconds.toFixed(1)} s, ${MB(tensorBytes / seconds)}/s to ${options.out ?? "a temporary folder"}`);
    console.log(
      `peak resident memory ${MB(peak)}, ${MB(before * 1024)} of it before the start; wanted below 500 MB${result.wanted.met ? "" : "   MISSED"}`,
    );
  }
} finally {
  await pool?.close();
  if (options.out === undefined) rmSync(folder, { recursive: true });
}
