import { expect, it } from "vitest";
import { registerWasmGradients, WasmGradientsError } from "../src/index.js";

it("asks for the wasm backend where it has not been imported", () => {
  expect(() => registerWasmGradients()).toThrow(WasmGradientsError);
  expect(() => registerWasmGradients()).toThrow('import "@tensorflow/tfjs-backend-wasm" first');
});
