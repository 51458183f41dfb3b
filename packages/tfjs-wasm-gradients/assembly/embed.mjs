// Turns the compiled kernels into a module, so that they load without a file, a fetch or a bundler's help.
import { readFileSync, writeFileSync } from "node:fs";

const bytes = readFileSync(new URL("./build/kernels.wasm", import.meta.url));
const text = `/** assembly/ compiled to WebAssembly, in base64. Made by the build; not in the repository. */
export const BINARY =
  "${bytes.toString("base64")}";
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
