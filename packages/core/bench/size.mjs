// The size check: what a bundler that drops unused code makes of an import, minified and gzipped, against its limit.
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";

const built = (path) => JSON.stringify(fileURLToPath(new URL(`../dist/${path}`, import.meta.url)));
const core = built("index.js");
const graph = built("graph.js");
const kernels = /wasm[/\\]binary\.js$/;

/** Each case: what is imported, whether the WebAssembly kernels count, the limit in bytes and the size that is wanted in the end. */
const CASES = [
  { name: "idi", code: `export { idi } from ${core}`, kernels: true, limit: 3500, wanted: 2000 },
  {
    name: "initialWeights without WebAssembly",
    code: `export { initialWeights } from ${core}`,
    kernels: false,
    limit: 13100,
  },
  { name: "@idinit/core without WebAssembly", code: `export * from ${core}`, kernels: false, limit: 15000 },
  { name: "@idinit/core", code: `export * from ${core}`, kernels: true, limit: 17900 },
  {
    name: "initialize of @idinit/core/graph without WebAssembly",
    code: `export { initialize } from ${graph}`,
    kernels: false,
    limit: 23000,
  },
  { name: "@idinit/core/graph without WebAssembly", code: `export * from ${graph}`, kernels: false, limit: 24000 },
  {
    name: "both without WebAssembly",
    code: `export * from ${core}; export * from ${graph}`,
    kernels: false,
    limit: 26300,
  },
  { name: "@idinit/core/formats", code: `export * from ${built("formats/index.js")}`, kernels: true, limit: 3200 },
];

let failed = false;
for (const { name, code, kernels: counted, limit, wanted } of CASES) {
  const size = await bundle(code, counted);
  if (size > limit) failed = true;
  const goal = wanted === undefined ? "" : ` (wanted ${wanted}${size > wanted ? ", not reached" : ""})`;
  console.log(`${name}: ${size} bytes gzipped, limit ${limit}${goal}${size > limit ? "   EXCEEDED" : ""}`);
}
if (failed) process.exit(1);

async function bundle(code, counted) {
  const entry = "size-entry.js";
  const plugin = {
    name: "entry",
    enforce: "pre",
    resolveId: (id) => (id.endsWith(entry) ? entry : undefined),
    load(id) {
      if (id === entry) return code;
      return !counted && kernels.test(id) ? 'export const BINARY = "";' : undefined;
    },
  };
  const built = await build({
    configFile: false,
    logLevel: "error",
    plugins: [plugin],
    build: {
      write: false,
      minify: true,
      target: "es2022",
      modulePreload: false,
      rollupOptions: { input: entry, preserveEntrySignatures: "strict", output: { format: "es" } },
    },
  });
  const [{ output }] = Array.isArray(built) ? built : [built];
  return gzipSync(output[0].code, { level: 9 }).length;
}
