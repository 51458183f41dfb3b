// `npm run bench:init`: the speed of initializers beside their peers', all in one run on one thread. `--json` for machines.
import { cpus } from "node:os";
import { setup } from "../../../scripts/setup.mjs";

const json = process.argv.includes("--json");
setup({ quiet: json });

// The build makes what these import.
const { hasKernels, ORTHOGONAL, ownCases } = await import("./cases.mjs");
const { pythonPeers, tfjsPeer } = await import("./peers.mjs");
const { ratios } = await import("./ratios.mjs");
const { bestOfAll } = await import("./timing.mjs");

const SIDE = 4096;
const ROUNDS = 9;

const own = { ...bestOfAll(ownCases(SIDE), ROUNDS), ...bestOfAll(ORTHOGONAL, 5) };
const peers = { ...pythonPeers(), ...(await tfjsPeer(SIDE)) };
const result = {
  machine: { processor: cpus()[0]?.model ?? "unknown", node: process.versions.node, webAssembly: hasKernels },
  side: SIDE,
  seconds: { idinit: own, ...peers },
  ratios: ratios(own, peers),
};

if (json) {
  console.log(JSON.stringify(result, null, 2));
} else {
  const { machine } = result;
  console.log(
    `\n${machine.processor}, Node ${machine.node}, WebAssembly ${machine.webAssembly ? "used" : "not to be had"}`,
  );
  console.log(`Least seconds of several rounds, ${SIDE}×${SIDE} float32, one thread:`);
  for (const [library, { version, ...times }] of Object.entries(result.seconds)) {
    console.log(`\n${library}${version ? ` ${version}` : ""}`);
    for (const [name, seconds] of Object.entries(times)) {
      const speed = name.startsWith("orthogonal") ? "" : `${Math.round((SIDE * SIDE) / seconds / 1e6)} M values/s`;
      console.log(`  ${name.padEnd(28)}${(seconds * 1000).toFixed(2).padStart(10)} ms  ${speed}`);
    }
  }
  console.log("\nratio                                             measured    wanted");
  for (const { name, value, wanted, met } of result.ratios) {
    const bound = `${wanted.atLeast === undefined ? "<=" : ">="} ${wanted.atLeast ?? wanted.atMost}`;
    console.log(`${name.padEnd(48)}${value.toFixed(2).padStart(10)}    ${bound}${met ? "" : "   MISSED"}`);
  }
}
