import { conv3d, engine, type Tensor, type Tensor5D } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { describe, it } from "vitest";
import { expectSame, noise, runOn } from "./backends.js";

const axis = fc.integer({ min: 3, max: 5 });
const few = fc.integer({ min: 1, max: 3 });
const shapes = fc.record({
  x: fc.tuple(few, axis, axis, axis, few),
  kernel: fc.tuple(few, few, few),
  out: few,
  strides: fc.tuple(few, few, few),
  pad: fc.constantFrom("same" as const, "valid" as const),
  seed: fc.nat({ max: 1000 }),
});

describe("conv3d", () => {
  it("has the cpu backend's gradients, whatever the kernel, stride and padding", async () => {
    await fc.assert(
      fc.asyncProperty(shapes, async (s) => {
        const x = noise(s.x, s.seed);
        const w = noise([...s.kernel, s.x[4], s.out], s.seed + 1);
        const [y] = await runOn("cpu", [x, w], (image, kernel) =>
          conv3d(image as Tensor5D, kernel as Tensor5D, s.strides, s.pad),
        );
        const { strides, pad } = s;
        await expectSame(
          [x, w, noise(y!.shape, s.seed + 2)],
          (image, filter, dy) =>
            [
              engine().runKernel(
                "Conv3DBackpropInputV2",
                { dy: dy!, filter: filter! },
                { strides, pad, inputShape: [...x.shape] },
              ),
              engine().runKernel(
                "Conv3DBackpropFilterV2",
                { x: image!, dy: dy! },
                { strides, pad, filterShape: [...w.shape] },
              ),
            ] as Tensor[],
        );
      }),
      { numRuns: 40 },
    );
  });
});
