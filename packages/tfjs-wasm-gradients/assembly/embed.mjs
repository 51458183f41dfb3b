// Turns the compiled kernels into a module, so that they load without a file, a fetch or a bundler's help.
import { readFileSync, writeFileSync } from "node:fs";

const base64 = (name) => readFileSync(new URL(`./build/${name}.wasm`, import.meta.url)).toString("base64");
const text = `/** assembly/ compiled to WebAssembly, in base64. Made by the build; not in the repository. */
export const VECTORS =
  "${base64("vectors")}";

/** The same with products and sums fused, for engines with relaxed SIMD. */
export const FUSED =
  "${base64("fused")}";
`;
const target = new URL("../src/native/binary.ts", import.meta.url);
// An unchanged file keeps its date, so that nothing is compiled again.
let present = "";
try {
  present = readFileSync(target, "utf8");
} catch {
  // Not made yet.
}
if (present !== text) writeFileSync(target, text);
