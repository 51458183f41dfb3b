import "./backends.js";
import { getKernel } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { registerWasmGradients } from "../src/index.js";

describe("registerWasmGradients", () => {
  it("changes nothing when it is called again", () => {
    const names = ["BatchMatMul", "Conv2DBackpropInput", "Conv2DBackpropFilter", "Sum", "UnsortedSegmentSum"];
    const before = names.map((name) => getKernel(name, "wasm").kernelFunc);
    registerWasmGradients();
    expect(names.map((name) => getKernel(name, "wasm").kernelFunc)).toEqual(before);
    expect(before.every((kernel) => typeof kernel === "function")).toBe(true);
  });
});
