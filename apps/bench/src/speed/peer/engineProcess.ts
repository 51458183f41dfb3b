/** The program of an engine's process; it ends when its standard input does. */
import { createInterface } from "node:readline";
import { serveEngine } from "./serveEngine.js";

await serveEngine(createInterface({ input: process.stdin }), (value) => {
  process.stdout.write(`${JSON.stringify(value)}\n`);
});
// Threads of a runtime may be left.
process.exit();
