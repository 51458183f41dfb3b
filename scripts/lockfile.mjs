// `npm run lockfile`: brings package-lock.json up to date, complete for every platform. npm leaves out optional native
// builds that it could not look up (npm/cli#4828), and `npm ci` then refuses the file.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "./setup.mjs";

const SYSTEMS = ["android", "darwin", "freebsd", "linux", "openharmony", "win32", "windows"];
const PROCESSORS = {
  arm64: "arm64",
  x64: "x64",
  64: "x64",
  ia32: "ia32",
  ppc64: "ppc64",
  riscv64: "riscv64",
  s390x: "s390x",
  arm: "arm",
};

run("npm", ["install", "--package-lock-only", "--no-audit", "--no-fund"]);
const path = join(root, "package-lock.json");
const lock = JSON.parse(readFileSync(path, "utf8"));
const present = new Set(Object.keys(lock.packages).map((key) => key.split("node_modules/").at(-1)));
for (const owner of Object.values({ ...lock.packages })) {
  for (const [name, version] of Object.entries(owner.optionalDependencies ?? {})) {
    const words = name.split(/[/-]/);
    const system = SYSTEMS.find((word) => words.includes(word));
    if (present.has(name) || system === undefined || !/^\d/.test(version)) continue;
    const processor = Object.keys(PROCESSORS).find((word) => words.includes(word));
    lock.packages[`node_modules/${name}`] = {
      version,
      ...(processor !== undefined && { cpu: [PROCESSORS[processor]] }),
      ...(owner.dev && { dev: true }),
      ...(words.some((word) => word.startsWith("musl")) && { libc: ["musl"] }),
      optional: true,
      os: [system === "windows" ? "win32" : system],
    };
    present.add(name);
    console.log(`added ${name} ${version}`);
  }
}
const byName = Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1));
writeFileSync(path, `${JSON.stringify({ ...lock, packages: Object.fromEntries(byName) }, null, 2)}\n`);
