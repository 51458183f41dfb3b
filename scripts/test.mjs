// `npm test`: set up, run every test, then import each built package in plain Node as a user would.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root, run, setup } from "./setup.mjs";

setup();
const folder = mkdtempSync(join(tmpdir(), "idinit-test-"));
const summary = join(folder, "summary.json");
console.log("> vitest run");
const tests = spawnSync(
  "npx",
  ["vitest", "run", "--reporter=default", "--reporter=json", `--outputFile.json=${summary}`, ...process.argv.slice(2)],
  { cwd: root, stdio: "inherit", shell: process.platform === "win32" },
);
let line = "no test ran";
let total = 0;
try {
  const result = JSON.parse(readFileSync(summary, "utf8"));
  total = result.numTotalTests;
  line = `${result.numPassedTests} passed, ${result.numFailedTests} failed, ${result.numPendingTests} skipped`;
} catch {
  // The runner ended before it wrote a summary: its exit code and output tell why.
}
rmSync(folder, { recursive: true, force: true });
if (tests.status === 0 && total > 0) run(process.execPath, ["scripts/import-built.mjs"]);
console.log(line);
process.exit(tests.status === 0 && total > 0 ? 0 : tests.status || 1);
