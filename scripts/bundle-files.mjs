// Which files the built bench needs: everything that its modules import, followed from the command line's entry, and the
// few files that are opened by name. Prints JSON; run with --experimental-import-meta-resolve, which lets a module's imports
// be resolved as from its own place.
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { dirname, extname, join, relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { root } from "./setup.mjs";

const ENTRY = "apps/bench/dist/cli.js";

/** Opened by name at run time, by folder; the processor's own where there are several. */
const OPENED = [
  "apps/bench/peers",
  `node_modules/onnxruntime-node/bin/napi-v6/${process.platform}/${process.arch}`,
  `node_modules/webgpu/dist/${process.platform}-${process.arch}`,
];
const OPENED_FILES = [
  "node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.mjs",
  "node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm",
  "node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.asyncify.mjs",
  "node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.asyncify.wasm",
  "node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm",
  "node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm",
  "node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm",
];

const SPECIFIER = /(?:\bfrom|\bimport|\bimport\(|\brequire\(|\bnew URL\()\s*(["'])([^"'\n\r]+)\1/g;

/** Files relative to `root`; the second value is where a link leads, of workspace packages. */
function bundleFiles(root) {
  const files = new Map();
  const packages = new Set();
  const add = (path) => {
    const real = realpathSync(path);
    const file = relative(root, real);
    if (file.startsWith("..") || files.has(file)) return false;
    files.set(file, undefined);
    addPackage(real);
    return true;
  };

  /** A package is found by its package.json, and its licence goes with it. */
  function addPackage(path) {
    let folder = dirname(path);
    while (!existsSync(join(folder, "package.json")) || !JSON.parse(readFileSync(join(folder, "package.json"))).name) {
      // A package.json without a name says how the files beside it are read.
      if (existsSync(join(folder, "package.json"))) files.set(relative(root, join(folder, "package.json")), undefined);
      folder = dirname(folder);
    }
    if (packages.has(folder)) return;
    packages.add(folder);
    const { name } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    for (const file of readdirSync(folder)) {
      if (file === "package.json" || /^(licen[cs]e|notice|copying|thirdparty)/i.test(file)) {
        if (statSync(join(folder, file)).isFile()) files.set(relative(root, join(folder, file)), undefined);
      }
    }
    if (relative(root, folder).startsWith("packages")) {
      const link = join("node_modules", ...name.split("/"));
      files.set(link, relative(dirname(join(root, link)), folder));
    }
  }

  const open = [join(root, ENTRY)];
  for (const folder of OPENED) {
    for (const file of readdirSync(join(root, folder))) if (!file.startsWith("__")) open.push(join(root, folder, file));
  }
  for (const file of OPENED_FILES) open.push(join(root, file));
  while (open.length > 0) {
    const path = open.pop();
    if (!add(path) || ![".js", ".mjs", ".cjs"].includes(extname(path))) continue;
    for (const [, , specifier] of readFileSync(path, "utf8").matchAll(SPECIFIER)) open.push(...found(specifier, path));
  }
  return [...files].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The files that a specifier may stand for; none for Node's own modules and for what is not installed. */
function found(specifier, from) {
  if (isBuiltin(specifier) || /^(data|https?|blob):/.test(specifier)) return [];
  const ways = [
    () => fileURLToPath(import.meta.resolve(specifier, pathToFileURL(from))),
    () => createRequire(from).resolve(specifier),
    () => join(dirname(from), specifier),
  ];
  const results = new Set();
  for (const way of ways) {
    try {
      const path = way();
      if (path.includes(sep) && existsSync(path) && statSync(path).isFile()) results.add(path);
    } catch {
      // Not installed, or text that only looks like an import.
    }
  }
  return results;
}

console.log(JSON.stringify(bundleFiles(root)));
