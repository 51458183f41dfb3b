// `npm run bench -- ARGS`: set up, then the bench's command line. Quiet with `--json`, so that its output can be piped.
import { run, setup } from "./setup.mjs";

const passed = process.argv.slice(2);
setup({ quiet: passed.includes("--json") });
run(process.execPath, ["apps/bench/dist/cli.js", ...passed], { quiet: passed.includes("--json"), stdio: "inherit" });
