// Checks every published package as npm would publish it: publint (fields and files) and attw (types resolve).
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "./setup.mjs";

for (const folder of readdirSync(join(root, "packages"))) {
  const path = join(root, "packages", folder);
  if (JSON.parse(readFileSync(join(path, "package.json"), "utf8")).private) continue;
  run("npx", ["publint", "--strict", path]);
  run("npx", ["attw", "--pack", path, "--profile", "esm-only", "--format", "ascii"]);
}
