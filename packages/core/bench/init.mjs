// `npm run bench:init`: the speed of initializers beside their peers', all in one run on one thread.
// `--json` for machines; `--quick` on toy sizes, to see that all works; `--no-setup` measures what is built.
import { spawnSync } from "node:child_process";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { bertBase } from "./bertBase.mjs";

const [json, quick, noSetup] = ["--json", "--quick", "--no-setup"].map((option) => process.argv.includes(option));
if (!noSetup) {
  const setup = spawnSync(
    process.execPath,
    [fileURLToPath(new URL("../../../scripts/setup-only.mjs", import.meta.url))],
    {
      stdio: ["ignore", json ? "ignore" : "inherit", "inherit"],
    },
  );
  if (setup.status !== 0) process.exit(setup.status ?? 1);
}

// The build makes what these import.
const { drawCases, freshCases, hasKernels, identityCases, modelCases, orthogonalCases } = await import("./cases.mjs");
const { pythonPeers, tfjsPeer } = await import("./peers.mjs");
const { ratios } = await import("./ratios.mjs");
const { bestOfAll } = await import("./timing.mjs");

const model = quick ? bertBase({ layers: 1, width: 64, inner: 256, vocabulary: 1000, positions: 8 }) : bertBase();
const sizes = {
  side: quick ? 512 : 4096,
  rounds: quick ? 2 : 9,
  orthogonal: quick ? [16, 32] : [256, 1024],
  shapes: model.map(([, shape]) => shape),
};
const { side, rounds } = sizes;

const own = {
  ...bestOfAll(identityCases(side), 4 * rounds),
  ...bestOfAll(drawCases(side), rounds),
  ...bestOfAll(freshCases(side), rounds),
  ...bestOfAll(orthogonalCases(sizes.orthogonal), Math.min(rounds, 5)),
  ...bestOfAll(modelCases(model), Math.min(rounds, 6)),
};
const peers = { ...pythonPeers(sizes), ...(await tfjsPeer(sizes)) };
const values = sizes.shapes.reduce((sum, shape) => sum + shape.reduce((product, size) => product * size, 1), 0);
const result = {
  machine: { processor: cpus()[0]?.model ?? "unknown", node: process.versions.node, webAssembly: hasKernels },
  side,
  model: { name: "BERT-Base", tensors: model.length, values },
  seconds: { idinit: own, ...peers },
  ratios: ratios(own, peers, sizes.orthogonal),
};

if (json) {
  console.log(JSON.stringify(result, null, 2));
} else {
  const { machine } = result;
  console.log(
    `\n${machine.processor}, Node ${machine.node}, WebAssembly ${machine.webAssembly ? "used" : "not to be had"}`,
  );
  console.log(
    `Least processor seconds of several rounds, ${side}×${side} float32 or the ${values} of BERT-Base, one thread:`,
  );
  for (const [library, { version, ...times }] of Object.entries(result.seconds)) {
    console.log(`\n${library}${version ? ` ${version}` : ""}`);
    for (const [name, seconds] of Object.entries(times)) {
      const count = name.startsWith("model") ? values : side * side;
      const speed = name.startsWith("orthogonal") ? "" : `${Math.round(count / seconds / 1e6)} M values/s`;
      console.log(`  ${name.padEnd(28)}${(seconds * 1000).toFixed(2).padStart(10)} ms  ${speed}`);
    }
  }
  console.log("\nratio                                             measured    wanted");
  for (const { name, value, wanted, met, floor } of result.ratios) {
    const bound = `${wanted.atLeast === undefined ? "<=" : ">="} ${wanted.atLeast ?? wanted.atMost}`;
    const least = floor === undefined ? "" : ` (bare stores: ${floor.toFixed(2)})`;
    console.log(`${name.padEnd(48)}${value.toFixed(2).padStart(10)}    ${bound}${met ? "" : "   MISSED"}${least}`);
  }
}
