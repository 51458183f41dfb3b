/** Where our own kernels can't be had, the gradients are composed of the backend's. */
import { grad } from "@tensorflow/tfjs";
import { backend, matMul, setBackend, softmax, sum, type Tensor } from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { nativeKernels } from "../src/native/nativeKernels.js";
import { expectSame, noise } from "./backends.js";
import { expectConvolutionGradients } from "./convolutionGradients.js";

beforeAll(async () => {
  await setBackend("wasm");
  vi.stubGlobal("WebAssembly", undefined);
});

afterAll(() => {
  vi.unstubAllGlobals();
});

it("has no kernels of its own without WebAssembly", async () => {
  await setBackend("wasm");
  expect(nativeKernels(backend())).toBeUndefined();
});

it("has the cpu backend's gradients all the same", () => expectConvolutionGradients(25));

it("has the cpu backend's products, sums and softmax all the same", async () => {
  const [a, b] = [noise([5, 6], 1), noise([7, 6], 2)];
  await expectSame([a, b], (x, y) => matMul(x!, y!, false, true));
  await expectSame([noise([24, 5], 3)], (x) => sum(x!, 0));
  await expectSame([noise([2, 9000], 4)], (x) => sum(x!, 0));
  await expectSame([noise([3, 8], 5), noise([3, 8], 6)], (x, dy) => grad((value: Tensor) => softmax(value))(x!, dy!));
});
