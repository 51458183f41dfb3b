// Imports every published package from its built files, as `import` in a user's program does.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./setup.mjs";

for (const folder of readdirSync(join(root, "packages"))) {
  const { name, private: hidden } = JSON.parse(readFileSync(join(root, "packages", folder, "package.json"), "utf8"));
  if (hidden) continue;
  const module = await import(name);
  const names = Object.keys(module);
  if (names.length === 0) throw new Error(`${name}: the built package exports nothing`);
  console.log(`${name}: ${names.length} exports`);
}
