/** Strided convolutions with channels in fours, whose input gradients our own kernel computes. */
import { conv2d, engine, type Tensor, type Tensor4D } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { it } from "vitest";
import { expectSame, noise, runOn } from "./backends.js";
import { agrees, padding } from "./convolutionGradients.js";

const shapes = fc.record({
  batch: fc.integer({ min: 1, max: 3 }),
  height: fc.integer({ min: 4, max: 11 }),
  width: fc.integer({ min: 9, max: 13 }),
  channels: fc.constantFrom(4, 8),
  out: fc.constantFrom(4, 8, 12),
  kernelHeight: fc.integer({ min: 1, max: 4 }),
  kernelWidth: fc.integer({ min: 1, max: 4 }),
  strides: fc.constantFrom<[number, number]>([2, 2], [1, 2], [2, 1], [3, 2]),
  padding,
  seed: fc.nat({ max: 1000 }),
});

it("has the cpu backend's gradient of a strided convolution's input", async () => {
  await fc.assert(
    fc.asyncProperty(shapes.filter(agrees), async (s) => {
      const x = noise([s.batch, s.height, s.width, s.channels], s.seed);
      const w = noise([s.kernelHeight, s.kernelWidth, s.channels, s.out], s.seed + 1);
      const [y] = await runOn("cpu", [x, w], (image, kernel) =>
        conv2d(image as Tensor4D, kernel as Tensor4D, s.strides, s.padding),
      );
      const attrs = { strides: s.strides, pad: s.padding, dataFormat: "NHWC", inputShape: [...x.shape] };
      await expectSame(
        [w, noise(y!.shape, s.seed + 2)],
        (filter, dy) => engine().runKernel("Conv2DBackpropInput", { dy: dy!, filter: filter! }, attrs) as Tensor,
      );
    }),
    { numRuns: 40 },
  );
});
