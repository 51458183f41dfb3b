/** Convolutions of any shape, and the comparison of their gradients with the cpu backend's. */
import { conv2d, engine, type Tensor, type Tensor4D } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { expectSame, noise, runOn } from "./backends.js";

export type Padding = "same" | "valid" | number | [[0, 0], [number, number], [number, number], [0, 0]];

const margin = fc.nat({ max: 3 });
export const padding: fc.Arbitrary<Padding> = fc.oneof(
  fc.constant<Padding>("same"),
  fc.constant<Padding>("valid"),
  fc.nat({ max: 3 }),
  fc.tuple(margin, margin, margin, margin).map(
    ([top, bottom, left, right]): Padding => [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ],
  ),
);

export const shapes = fc.record({
  batch: fc.integer({ min: 1, max: 3 }),
  height: fc.integer({ min: 4, max: 9 }),
  width: fc.integer({ min: 4, max: 9 }),
  inChannels: fc.integer({ min: 1, max: 5 }),
  out: fc.integer({ min: 1, max: 5 }),
  kernelHeight: fc.integer({ min: 1, max: 4 }),
  kernelWidth: fc.integer({ min: 1, max: 4 }),
  strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
  padding,
  seed: fc.nat({ max: 1000 }),
});

/**
 * Whether tfjs allocates the output that the convolution has: for a numeric padding it takes both axes from the kernel's height
 * and the vertical stride. Other cases are refused, see below.
 */
export const agrees = (s: { kernelHeight: number; kernelWidth: number; strides: [number, number]; padding: Padding }) =>
  typeof s.padding !== "number" || (s.kernelHeight === s.kernelWidth && s.strides[0] === s.strides[1]);

/** `Conv2DBackpropInput` and `Conv2DBackpropFilter` of random convolutions have the cpu backend's values. */
export async function expectConvolutionGradients(numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(shapes.filter(agrees), async (s) => {
      const x = noise([s.batch, s.height, s.width, s.inChannels], s.seed);
      const w = noise([s.kernelHeight, s.kernelWidth, s.inChannels, s.out], s.seed + 1);
      const forward = (image: Tensor, kernel: Tensor) =>
        conv2d(image as Tensor4D, kernel as Tensor4D, s.strides, s.padding);
      const [y] = await runOn("cpu", [x, w], forward);
      const dy = noise(y!.shape, s.seed + 2);
      const attrs = { strides: s.strides, pad: s.padding, dataFormat: "NHWC" };
      await expectSame(
        [x, w, dy],
        (image, kernel, gradient) =>
          [
            engine().runKernel(
              "Conv2DBackpropInput",
              { dy: gradient, filter: kernel },
              { ...attrs, inputShape: [...x.shape] },
            ),
            engine().runKernel(
              "Conv2DBackpropFilter",
              { x: image, dy: gradient },
              { ...attrs, filterShape: [...w.shape] },
            ),
          ] as Tensor[],
      );
    }),
    { numRuns },
  );
}
