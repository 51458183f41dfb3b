/** What the module exports. `src/random/plain*.ts` and `src/linear/` are the same in JavaScript, bit by bit. */
export { multiplyAdd } from "./multiplyAdd";
export { normal } from "./normal";
export { truncated } from "./truncated";
export { uniform } from "./uniform";
export { words } from "./words";
