// Imports every entry of every published package from its built files, as `import` in a user's program does.
import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { root } from "./setup.mjs";

for (const folder of readdirSync(join(root, "packages"))) {
  const {
    name,
    exports,
    private: hidden,
  } = JSON.parse(readFileSync(join(root, "packages", folder, "package.json"), "utf8"));
  if (hidden) continue;
  for (const entry of Object.keys(exports).filter((entry) => entry !== "./package.json")) {
    const path = posix.join(name, entry);
    const names = Object.keys(await import(path));
    if (names.length === 0) throw new Error(`${path}: the built entry exports nothing`);
    console.log(`${path}: ${names.length} exports`);
  }
}
