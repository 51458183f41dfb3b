// The size check: what a bundler that drops unused code makes of an import, minified and gzipped, against its limit.
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";

const built = (path) => JSON.stringify(fileURLToPath(new URL(`../dist/${path}`, import.meta.url)));
const core = built("index.js");
const kernels = /wasm[/\\]binary\.js$/;

/** Each case: what is imported, whether the WebAssembly kernels count, the limit in bytes and the size that is wanted in the end. */
const CASES = [
  { name: "idi", code: `export { idi } from ${core}`, kernels: true, limit: 3600, wanted: 2000 },
  {
    name: "initialWeights without WebAssembly",
    code: `export { initialWeights } from ${core}`,
    kernels: false,
    limit: 15200,
  },
  { name: "initialize without WebAssembly", code: `export { initialize } from ${core}`, kernels: false, limit: 25100 },
  {
    name: "everything without WebAssembly",
    code: `export * from ${core}`,
    kernels: false,
    limit: 28600,
    wanted: 15000,
  },
  { name: "everything", code: `export * from ${core}`, kernels: true, limit: 31400 },
  { name: "formats", code: `export * from ${built("formats/index.js")}`, kernels: true, limit: 3200 },
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
