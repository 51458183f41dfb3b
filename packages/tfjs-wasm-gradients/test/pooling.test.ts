import {
  avgPool,
  avgPool3d,
  type backend_util,
  engine,
  maxPool,
  maxPool3d,
  ones,
  type Rank,
  setBackend,
  type Tensor,
  type Tensor4D,
  type Tensor5D,
} from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectSame, noise, runOn, type Value } from "./backends.js";

const axis = fc.integer({ min: 3, max: 8 });
const pair = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }));
const shapes = fc.record({
  shape: fc.tuple(fc.integer({ min: 1, max: 3 }), axis, axis, fc.integer({ min: 1, max: 5 })),
  filterSize: pair,
  strides: pair,
  seed: fc.nat({ max: 1000 }),
});

const few = fc.integer({ min: 1, max: 3 });
const volumes = fc.record({
  shape: fc.tuple(few, axis, axis, axis, few),
  filterSize: fc.tuple(few, few, few),
  strides: fc.tuple(few, few, few),
  pad: fc.constantFrom("same" as const, "valid" as const),
  seed: fc.nat({ max: 1000 }),
});

describe("pooling", () => {
  it.each([
    ["MaxPoolGrad", "same"],
    ["MaxPoolGrad", "valid"],
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

  // The cpu backend's gradient of an average with padding is no reference: it counts the padding, which the average does not.
  // Averages are linear, so their gradient is their adjoint: <dx, x> = <dy, y> for every dy.
  it("has an AvgPoolGrad that is the adjoint of the average with padding", async () => {
    const pads = fc.oneof(fc.constant("same" as const), fc.tuple(fc.nat(1), fc.nat(1)));
    await fc.assert(
      fc.asyncProperty(shapes, pads, async ({ shape, filterSize, strides, seed }, sides) => {
        const pad = explicit(sides, filterSize);
        const x = noise(shape, seed);
        const [y] = await runOn("cpu", [x], (image) => avgPool(image as Tensor4D, filterSize, strides, pad));
        const dy = noise(y!.shape, seed + 1);
        const [dx] = await runOn(
          "wasm",
          [x, dy],
          (input, gradient) =>
            engine().runKernel("AvgPoolGrad", { dy: gradient!, input: input! }, { filterSize, strides, pad }) as Tensor,
        );
        expect(Math.abs(dot(dx!, x) - dot(dy, y!))).toBeLessThan(1e-5 * Math.sqrt(dy.values.length));
      }),
      { numRuns: 40 },
    );
  });

  it("has the cpu backend's maxPool3d and its gradient, for values of either sign", async () => {
    await fc.assert(
      fc.asyncProperty(volumes, async ({ shape, filterSize, strides, pad, seed }) => {
        const x = noise(shape, seed);
        const pool = (volume: Tensor) => maxPool3d(volume as Tensor5D, filterSize, strides, pad);
        await expectSame([x], (volume) => pool(volume!));
        const [y] = await runOn("cpu", [x], (volume) => pool(volume!));
        const dy = noise(y!.shape, seed + 1);
        const gradient = (input: Tensor, output: Tensor, upstream: Tensor) =>
          engine().runKernel("MaxPool3DGrad", { dy: upstream, input, output }, { filterSize, strides, pad }) as Tensor;
        // For windows that are no cubes the cpu backend loses gradients. A maximum is one of its values, so <dx, x> = <dy, y>.
        const [dx] = await runOn("wasm", [x, y!, dy], (...tensors) =>
          gradient(...(tensors as [Tensor, Tensor, Tensor])),
        );
        expect(Math.abs(dot(dx!, x) - dot(dy, y!))).toBeLessThan(1e-5 * Math.sqrt(dy.values.length));
        if (new Set(filterSize).size > 1) return;
        await expectSame([x, y!, dy], (...tensors) => gradient(...(tensors as [Tensor, Tensor, Tensor])));
      }),
      { numRuns: 40 },
    );
  });

  it("has an AvgPool3DGrad that is the adjoint of the average, with padding or without", async () => {
    await fc.assert(
      fc.asyncProperty(volumes, async ({ shape, filterSize, strides, pad, seed }) => {
        const x = noise(shape, seed);
        const [y] = await runOn("wasm", [x], (volume) => avgPool3d(volume as Tensor5D, filterSize, strides, pad));
        const dy = noise(y!.shape, seed + 1);
        const [dx] = await runOn(
          "wasm",
          [x, dy],
          (input, gradient) =>
            engine().runKernel(
              "AvgPool3DGrad",
              { dy: gradient!, input: input! },
              { filterSize, strides, pad },
            ) as Tensor,
        );
        expect(Math.abs(dot(dx!, x) - dot(dy, y!))).toBeLessThan(1e-5 * Math.sqrt(dy.values.length));
      }),
      { numRuns: 40 },
    );
  });

  it("has the cpu backend's values with padding, strides and a window of one", async () => {
    await fc.assert(
      fc.asyncProperty(shapes, fc.constantFrom("same" as const, "valid" as const), async (s, pad) => {
        await expectSame([noise(s.shape, s.seed)], (image) => [
          avgPool(image as Tensor4D, s.filterSize, s.strides, pad),
          maxPool(image as Tensor4D, s.filterSize, s.strides, pad),
        ]);
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    ["MaxPool", maxPool],
    ["AvgPool", avgPool],
  ] as const)("is refused where %s would write past its output", async (kernel, pool) => {
    const message = `${kernel}: a window of 3×1 with strides [3, 1] and padding [[1, 1], [1, 1]] over 4×4 gives 2×6 values`;
    await setBackend("wasm");
    const x = ones<Rank.R4>([1, 4, 4, 1]);
    expect(() => pool(x, [3, 1], [3, 1], 1)).toThrow(message);
    x.dispose();
  });

  it("averages as many channels as the module's stack holds, and refuses more", async () => {
    await expectSame([noise([1, 10, 1, 12_288], 1)], (x) => avgPool(x as Tensor4D, [10, 1], 1, "valid"));
    await setBackend("wasm");
    const x = ones<Rank.R4>([1, 10, 1, 12_289]);
    expect(() => avgPool(x, [10, 1], 1, "valid")).toThrow(
      "room for 12288 channels in windows of more than nine values",
    );
    x.dispose();
  });
});

/** A padding of each side that is smaller than the window, or "same". */
function explicit(sides: "same" | [number, number], [height, width]: [number, number]): "same" | ExplicitPadding {
  if (sides === "same") return sides;
  const rows = Math.min(sides[0], height - 1);
  const columns = Math.min(sides[1], width - 1);
  return [
    [0, 0],
    [rows, 0],
    [columns, columns],
    [0, 0],
  ];
}

type ExplicitPadding = backend_util.ExplicitPadding;

function dot(a: Value, b: Value): number {
  return a.values.reduce((sum, value, index) => sum + value * b.values[index]!, 0);
}
