import {
  conv2d,
  depthwiseConv2d,
  engine,
  fused,
  setBackend,
  type Tensor,
  type Tensor4D,
  type TensorLike,
  tensor,
} from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectSame, noise, runOn, type Value } from "./backends.js";
import { agrees, expectConvolutionGradients, type Padding, shapes } from "./convolutionGradients.js";

describe("conv2d", () => {
  it("has the cpu backend's gradients, whatever the kernel, stride and padding", () => expectConvolutionGradients(60));

  it("says that the wasm backend convolves NHWC only", async () => {
    const attrs = { strides: [1, 1], pad: "same", dataFormat: "NCHW", filterShape: [3, 3, 1, 1] };
    await expect(
      runOn("wasm", [noise([1, 1, 4, 4], 1), noise([1, 1, 4, 4], 2)], (x, dy) =>
        engine().runKernel("Conv2DBackpropFilter", { x, dy }, attrs),
      ),
    ).rejects.toThrow('NHWC only, got dataFormat "NCHW"');
  });
});

const names = ["DepthwiseConv2dNativeBackpropInput", "DepthwiseConv2dNativeBackpropFilter"] as const;

describe("depthwiseConv2d", () => {
  it("has the cpu backend's gradients, whatever the kernel, stride and padding", async () => {
    await fc.assert(
      fc.asyncProperty(shapes.filter(agrees), async (s) => {
        const x = noise([s.batch, s.height, s.width, s.inChannels], s.seed);
        const w = noise([s.kernelHeight, s.kernelWidth, s.inChannels, Math.min(s.out, 3)], s.seed + 1);
        const [y] = await runOn("cpu", [x, w], (image, kernel) =>
          depthwiseConv2d(image as Tensor4D, kernel as Tensor4D, s.strides, s.padding),
        );
        const dy = noise(y!.shape, s.seed + 2);
        const attrs = { strides: s.strides, pad: s.padding, dilations: [1, 1] };
        await expectSame(
          [x, w, dy],
          (image, filter, gradient) =>
            [
              engine().runKernel(names[0], { dy: gradient!, filter: filter! }, { ...attrs, inputShape: [...x.shape] }),
              engine().runKernel(names[1], { x: image!, dy: gradient! }, { ...attrs, filterShape: [...w.shape] }),
            ] as Tensor[],
        );
      }),
      { numRuns: 60 },
    );
  });

  // The cpu backend's gradients ignore dilations. A depthwise convolution is linear in x and in w, so its gradients
  // are its adjoints: <dx, x> = <dw, w> = <dy, y> for every dy.
  it("has gradients that are the adjoints of a dilated convolution", async () => {
    await fc.assert(
      fc.asyncProperty(shapes, fc.integer({ min: 1, max: 3 }), async (s, dilation) => {
        fc.pre(agrees({ ...s, strides: [1, 1] }));
        const reach = (Math.max(s.kernelHeight, s.kernelWidth) - 1) * dilation;
        fc.pre(s.padding === "same" || reach < Math.min(s.height, s.width));
        const x = noise([s.batch, s.height, s.width, s.inChannels], s.seed);
        const w = noise([s.kernelHeight, s.kernelWidth, s.inChannels, Math.min(s.out, 3)], s.seed + 1);
        const forward = (image: Tensor, kernel: Tensor) =>
          depthwiseConv2d(image as Tensor4D, kernel as Tensor4D, 1, s.padding, "NHWC", dilation);
        const [y] = await runOn("cpu", [x, w], (image, kernel) => forward(image!, kernel!));
        const attrs = { strides: [1, 1], pad: s.padding, dilations: [dilation, dilation] };
        const dy = noise(y!.shape, s.seed + 2);
        const [dx, dw] = await runOn(
          "wasm",
          [x, w, dy],
          (image, filter, gradient) =>
            [
              engine().runKernel(names[0], { dy: gradient!, filter: filter! }, { ...attrs, inputShape: [...x.shape] }),
              engine().runKernel(names[1], { x: image!, dy: gradient! }, { ...attrs, filterShape: [...w.shape] }),
            ] as Tensor[],
        );
        const expected = dot(dy, y!);
        const tolerance = 1e-5 * Math.sqrt(dy.values.length * w.values.length);
        expect(Math.abs(dot(dx!, x) - expected)).toBeLessThan(tolerance);
        expect(Math.abs(dot(dw!, w) - expected)).toBeLessThan(tolerance);
      }),
      { numRuns: 60 },
    );
  });
});

// Found by the properties above: the output is 2×8, tfjs allocates 2×2, and XNNPACK writes the other twelve values behind it.
describe("a numeric padding with a kernel or strides that are not square", () => {
  const x = noise([1, 4, 4, 1], 1);
  const w = noise([3, 1, 1, 4], 2);
  const dy = noise([1, 2, 2, 4], 3);
  const attrs = { strides: [3, 1] as [number, number], pad: 2, dilations: [1, 1] };
  const message =
    "a window of 3×1 with strides [3, 1] and padding [[2, 2], [2, 2]] over 4×4 gives 2×8 values, but TensorFlow.js computes 2×2";

  it.each([
    ["Conv2D", (image, kernel) => conv2d(image as Tensor4D, kernel as Tensor4D, attrs.strides, 2)],
    ["DepthwiseConv2dNative", (image, kernel) => depthwiseConv2d(image as Tensor4D, kernel as Tensor4D, [3, 1], 2)],
    [
      "FusedConv2D",
      (image, filter) =>
        fused.conv2d({ x: image as Tensor4D, filter: filter as Tensor4D, strides: attrs.strides, pad: 2 }),
    ],
    [
      "DepthwiseConv2dNativeBackpropInput",
      (_image, filter, gradient) =>
        engine().runKernel(names[0], { dy: gradient, filter }, { ...attrs, inputShape: [...x.shape] }) as Tensor,
    ],
    [
      "DepthwiseConv2dNativeBackpropFilter",
      (image, _filter, gradient) =>
        engine().runKernel(names[1], { x: image, dy: gradient }, { ...attrs, filterShape: [...w.shape] }) as Tensor,
    ],
  ] as [string, (image: Tensor, kernel: Tensor, gradient: Tensor) => Tensor][])(
    "is refused by %s",
    async (kernel, run) => {
      await setBackend("wasm");
      const tensors = [x, w, dy].map(({ values, shape }) => tensor(values as unknown as TensorLike, [...shape]));
      const [image, filter, gradient] = tensors as [Tensor, Tensor, Tensor];
      expect(() => run(image, filter, gradient)).toThrow(`${kernel}: ${message}`);
      for (const one of tensors) one.dispose();
    },
  );

  it("is taken with the padding of each side", async () => {
    const sides: Padding = [
      [0, 0],
      [2, 2],
      [2, 2],
      [0, 0],
    ];
    const forward = (image: Tensor, kernel: Tensor) =>
      depthwiseConv2d(image as Tensor4D, kernel as Tensor4D, attrs.strides, sides);
    await expectSame([x, w], (image, kernel) => forward(image!, kernel!));
    const [y] = await runOn("cpu", [x, w], (image, kernel) => forward(image!, kernel!));
    const explicit = { ...attrs, pad: sides };
    await expectSame(
      [x, w, noise(y!.shape, 3)],
      (image, filter, gradient) =>
        [
          engine().runKernel(names[0], { dy: gradient!, filter: filter! }, { ...explicit, inputShape: [...x.shape] }),
          engine().runKernel(names[1], { x: image!, dy: gradient! }, { ...explicit, filterShape: [...w.shape] }),
        ] as Tensor[],
    );
  });
});

function dot(a: Value, b: Value): number {
  return a.values.reduce((sum, value, index) => sum + value * b.values[index]!, 0);
}
