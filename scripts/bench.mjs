// `npm run bench -- ARGS`: set up, then the bench's command line. Quiet, so that `--json` output can be piped.
import { spawnSync } from "node:child_process";
import { run, setup } from "./setup.mjs";

if (process.argv.includes("--json")) {
  const quiet = spawnSync(process.execPath, [new URL("./setup-only.mjs", import.meta.url).pathname], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (quiet.status !== 0) process.exit(quiet.status ?? 1);
  const bench = spawnSync(process.execPath, ["apps/bench/dist/cli.js", ...process.argv.slice(2)], { stdio: "inherit" });
  process.exit(bench.status ?? 1);
}
setup();
run(process.execPath, ["apps/bench/dist/cli.js", ...process.argv.slice(2)]);
