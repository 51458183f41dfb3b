/** What runs inside the page. */
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";

export { train } from "./train.js";

setWasmPaths("/");
