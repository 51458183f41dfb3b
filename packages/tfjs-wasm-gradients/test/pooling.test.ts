import { engine, maxPool, type Tensor, type Tensor4D } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { describe, it } from "vitest";
import { expectSame, noise, runOn } from "./backends.js";

const axis = fc.integer({ min: 3, max: 8 });
const pair = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }));
const shapes = fc.record({
  shape: fc.tuple(fc.integer({ min: 1, max: 3 }), axis, axis, fc.integer({ min: 1, max: 5 })),
  filterSize: pair,
  strides: pair,
  seed: fc.nat({ max: 1000 }),
});

describe("pooling", () => {
  it.each([
    ["MaxPoolGrad", "same"],
    ["MaxPoolGrad", "valid"],
    // The wasm backend's own; the cpu backend's average with padding is no reference, it counts the padding.
    ["AvgPoolGrad", "valid"],
  ] as const)("has the cpu backend's %s with %s padding, for values of either sign", async (kernel, pad) => {
    await fc.assert(
      fc.asyncProperty(shapes, async ({ shape, filterSize, strides, seed }) => {
        const x = noise(shape, seed);
        const pool = (image: Tensor) => maxPool(image as Tensor4D, filterSize, strides, pad);
        const [y] = await runOn("cpu", [x], (image) => pool(image!));
        await expectSame([x, y!, noise(y!.shape, seed + 1)], (input, output, dy) => {
          const inputs = { dy: dy!, input: input!, output: output! };
          return engine().runKernel(kernel, inputs, { filterSize, strides, pad }) as Tensor;
        });
      }),
      { numRuns: 40 },
    );
  });
});
