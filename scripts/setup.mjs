// Everything a fresh clone needs before a command can run: the right Node, the dependencies of the lockfile, the build.
// Plain JavaScript because it runs before anything is installed.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/**
 * Runs a command in the project's root with its output shown; ends the process with its exit code if it fails.
 * `quiet` keeps standard output free, for the caller's own: only errors are shown.
 */
export function run(command, args, { quiet = false, ...options } = {}) {
  if (!quiet) console.log(`> ${[command, ...args].join(" ")}`);
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: quiet ? ["ignore", "ignore", "inherit"] : "inherit",
    // npm and npx are command files on Windows; node itself may lie in a folder with spaces, which a shell would split.
    shell: process.platform === "win32" && command !== process.execPath,
    ...options,
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1", ...options.env },
  });
  if (result.error) {
    console.error(`${command} could not be started: ${result.error.message}`);
    process.exit(1);
  }
  if (result.status !== 0) process.exit(result.status ?? (result.signal === "SIGINT" ? 130 : 1));
}

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`idinit needs Node 20.19 or newer, this is ${process.versions.node}`);
  process.exit(1);
}

function install(quiet) {
  if (isInstalled()) return;
  console.error("Installing the dependencies of package-lock.json (once; about 1 GB, mostly native runtimes)");
  run("npm", ["ci", "--no-audit", "--no-fund"], { quiet });
}

/** Whether node_modules is what the lockfile asks for, by the list that npm leaves there at the end of an install. */
function isInstalled() {
  const wanted = packagesOf("package-lock.json");
  const present = packagesOf("node_modules/.package-lock.json");
  if (!wanted || !present) return false;
  // Optional packages are those of other platforms, among others.
  const complete = Object.entries(wanted).every(
    ([path, { version, optional }]) => path === "" || (present[path] ? present[path].version === version : optional),
  );
  return complete && Object.keys(present).every((path) => path in wanted);
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), "utf8")).packages;
  } catch {
    return undefined;
  }
}

/** Installs (what the lockfile asks for, unless it is there) and builds (what changed). `quiet`: nothing on standard output. */
export function setup({ quiet = false } = {}) {
  checkNode();
  install(quiet);
  if (!quiet) console.log("Building");
  run("npx", ["turbo", "run", "build", "--output-logs=errors-only"], { quiet });
}
