import "./backends.js";
import { engine, getKernel } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { registerWasmGradients } from "../src/index.js";

describe("registerWasmGradients", () => {
  it("does not start the backend", () => {
    expect(engine().registry.wasm).toBeUndefined();
  });

  it("changes nothing when it is called again", () => {
    const names = ["BatchMatMul", "Conv2DBackpropInput", "Conv2DBackpropFilter", "Sum", "UnsortedSegmentSum"];
    const before = names.map((name) => getKernel(name, "wasm").kernelFunc);
    registerWasmGradients();
    expect(names.map((name) => getKernel(name, "wasm").kernelFunc)).toEqual(before);
    expect(before.every((kernel) => typeof kernel === "function")).toBe(true);
  });
});
