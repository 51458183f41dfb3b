// `npm run bundle [FOLDER]`: one archive with Node, the built bench and what it imports, for a Linux machine of the same
// processor without internet. Unpack it anywhere and run `./bench`.
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative, resolve } from "node:path";
import { root, setup } from "./setup.mjs";

const MEBI = 2 ** 20;
const system = `${process.platform}-${process.arch}`;
if (process.platform !== "linux") fail(`bundles are made on Linux, this is ${system}`);

setup();
const target = resolve(process.argv[2] ?? join(root, "dist"));
const staging = mkdtempSync(join(tmpdir(), "idinit-bundle-"));
const name = `idinit-bench-${system}`;
const top = join(staging, name);
// Not finally: that does not run where fail() ends the process.
process.on("exit", () => rmSync(staging, { recursive: true, force: true }));
for (const [file, link] of neededFiles()) place(join("app", file), link ?? undefined);
addNode();
launcher();
mkdirSync(target, { recursive: true });
const archive = pack();
console.log(`${archive}: ${(statSync(archive).size / MEBI).toFixed(1)} MiB`);

/** What the bench imports and opens: paths, and where links lead. */
function neededFiles() {
  const script = join(root, "scripts", "bundle-files.mjs");
  const { stdout, status } = spawnSync(process.execPath, ["--experimental-import-meta-resolve", script], {
    encoding: "utf8",
    maxBuffer: 64 * MEBI,
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) fail("the files that the bench needs could not be listed");
  return JSON.parse(stdout);
}

/** Copies a file of the project, or makes a link where `link` says where it leads. */
function place(path, link) {
  const to = join(top, path);
  mkdirSync(dirname(to), { recursive: true });
  if (link === undefined) copyFileSync(join(root, relative("app", path)), to);
  else symlinkSync(link, to);
}

/** This process's Node without its symbols, and its licence. */
function addNode() {
  const to = join(top, "bin", "node");
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(process.execPath, to);
  chmodSync(to, 0o755);
  if (spawnSync("strip", [to]).error) console.error("strip (Debian: binutils) is missing: the bundle will be larger");
  const prefix = join(dirname(process.execPath), "..");
  const places = ["LICENSE", "share/doc/nodejs/LICENSE", "share/doc/node/LICENSE"].map((path) => join(prefix, path));
  const license = places.find((path) => existsSync(path));
  if (license === undefined) fail(`Node's LICENSE is at none of ${places.join(", ")}; it must go with the program`);
  copyFileSync(license, join(top, "bin", "LICENSE"));
}

function launcher() {
  const path = join(top, "bench");
  writeFileSync(
    path,
    "#!/bin/sh\n# The bench with its own Node; see `./bench --help`.\n" +
      'here=$(dirname "$(readlink -f "$0")")\nexec "$here/bin/node" "$here/app/apps/bench/dist/cli.js" "$@"\n',
  );
  chmodSync(path, 0o755);
  copyFileSync(join(root, "LICENSE"), join(top, "LICENSE"));
  writeFileSync(
    join(top, "README.txt"),
    "Needs Linux with glibc 2.28 or newer and libstdc++; a GPU needs its Vulkan driver and libvulkan.so.1.\n" +
      "Start with ./bench doctor, then ./bench run --preset smoke. Nothing is downloaded, nothing is written but --out.\n",
  );
}

/** The folder as .tar.xz; without xz as .tar.gz, a third larger. */
function pack() {
  const hasXz = spawnSync("xz", ["--version"]).status === 0;
  const archive = join(target, `${name}.tar.${hasXz ? "xz" : "gz"}`);
  // Sorted, without owners and times: equal contents make equal archives.
  const same = ["--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--mtime=2020-01-01 00:00Z"];
  const { status, error } = spawnSync(
    "tar",
    [...same, hasXz ? "-cJf" : "-czf", archive, "-C", staging, basename(top)],
    {
      stdio: "inherit",
      env: { ...process.env, XZ_OPT: "-9 -T2", GZIP: "-9" },
    },
  );
  if (status !== 0) fail(`tar failed: ${error?.message ?? `exit code ${status}`}`);
  return archive;
}

function fail(message) {
  console.error(`bundle: ${message}`);
  process.exit(1);
}
