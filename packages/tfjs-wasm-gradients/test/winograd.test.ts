/** Convolutions of 3×3 with stride 1 and channels in fours, which our own kernels compute. */
import { conv2d, engine, fused, type Tensor, type Tensor1D, type Tensor4D } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectSame, noise, runOn } from "./backends.js";

const side = fc.nat({ max: 2 });
const length = fc.integer({ min: 5, max: 9 });
const shapes = fc
  .record({
    batch: fc.integer({ min: 1, max: 3 }),
    height: length,
    width: length,
    channels: fc.constantFrom(8, 12),
    out: fc.constantFrom(8, 12),
    padding: fc.oneof(fc.constantFrom("same" as const, "valid" as const), fc.tuple(side, side, side, side)),
    seed: fc.nat({ max: 1000 }),
  })
  .map(({ padding, ...rest }) => ({
    ...rest,
    pad:
      typeof padding === "string"
        ? padding
        : ([
            [0, 0],
            [padding[0], padding[1]],
            [padding[2], padding[3]],
            [0, 0],
          ] as [[0, 0], [number, number], [number, number], [0, 0]]),
  }));

describe("conv2d of 3×3 with stride 1", () => {
  it("has the cpu backend's values and gradients, whatever the size and padding", async () => {
    await fc.assert(
      fc.asyncProperty(shapes, async ({ batch, height, width, channels, out, pad, seed }) => {
        const x = noise([batch, height, width, channels], seed);
        const w = noise([3, 3, channels, out], seed + 1);
        const forward = (image: Tensor, kernel: Tensor) => conv2d(image as Tensor4D, kernel as Tensor4D, 1, pad);
        await expectSame([x, w], (image, kernel) => forward(image!, kernel!));
        const [y] = await runOn("cpu", [x, w], (image, kernel) => forward(image!, kernel!));
        const attrs = { strides: 1, pad, dataFormat: "NHWC" };
        await expectSame(
          [x, w, noise(y!.shape, seed + 2)],
          (image, filter, dy) =>
            [
              engine().runKernel(
                "Conv2DBackpropInput",
                { dy: dy!, filter: filter! },
                { ...attrs, inputShape: [...x.shape] },
              ),
              engine().runKernel(
                "Conv2DBackpropFilter",
                { x: image!, dy: dy! },
                { ...attrs, filterShape: [...w.shape] },
              ),
            ] as Tensor[],
        );
      }),
      { numRuns: 15 },
    );
  });

  it.each([
    ["linear", true],
    ["relu", true],
    ["relu", false],
    ["elu", true],
  ] as const)("has the cpu backend's values fused with %s, bias: %s", async (activation, withBias) => {
    const [x, w, bias] = [noise([2, 8, 8, 8], 1), noise([3, 3, 8, 12], 2), noise([12], 3)];
    await expectSame([x, w, bias], (image, kernel, summand) =>
      fused.conv2d({
        x: image as Tensor4D,
        filter: kernel as Tensor4D,
        strides: 1,
        pad: "same",
        activation,
        ...(withBias ? { bias: summand as Tensor1D } : {}),
      }),
    );
  });

  it("works in blocks of tiles as in one", async () => {
    // 288 tiles of 64 channels: several blocks, the last of them not full.
    const x = noise([2, 46, 46, 64], 1);
    const w = noise([3, 3, 64, 8], 2);
    const one = { shape: [1, 46, 46, 64], values: x.values.subarray(46 * 46 * 64) };
    const forward = (image: Tensor, kernel: Tensor) => conv2d(image as Tensor4D, kernel as Tensor4D, 1, "same");
    const [both] = await runOn("wasm", [x, w], (image, kernel) => forward(image!, kernel!));
    const [second] = await runOn("wasm", [one, w], (image, kernel) => forward(image!, kernel!));
    expect(both!.values.subarray(46 * 46 * 8)).toEqual(second!.values);
    await expectSame([one, w], (image, kernel) => forward(image!, kernel!));
  });
});
