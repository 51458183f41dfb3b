import "./backends.js";
import { engine, getKernel, maxPool, type Tensor, type Tensor4D } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { registerWasmGradients } from "../src/index.js";
import { expectSame, noise, runOn } from "./backends.js";

describe("registerWasmGradients", () => {
  it("changes nothing when it is called again", () => {
    const names = ["BatchMatMul", "Conv2DBackpropInput", "Conv2DBackpropFilter", "Sum", "UnsortedSegmentSum"];
    const before = names.map((name) => getKernel(name, "wasm").kernelFunc);
    registerWasmGradients();
    expect(names.map((name) => getKernel(name, "wasm").kernelFunc)).toEqual(before);
    expect(before.every((kernel) => typeof kernel === "function")).toBe(true);
  });

  it("leaves the wasm backend's own pooling gradients, which are right", async () => {
    const x = noise([2, 7, 6, 3], 1);
    const attrs = { filterSize: [3, 2], strides: [2, 1], pad: "valid" };
    const [y] = await runOn("cpu", [x], (image) => maxPool(image as Tensor4D, [3, 2], [2, 1], "valid"));
    await expectSame([x, y!, noise(y!.shape, 2)], (input, output, dy) => [
      engine().runKernel("MaxPoolGrad", { dy: dy!, input: input!, output: output! }, attrs) as Tensor,
      engine().runKernel("AvgPoolGrad", { dy: dy!, input: input! }, attrs) as Tensor,
    ]);
  });
});
