/** Where our own kernels can't be had, the gradients are composed of the backend's. */
import { backend, setBackend } from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { nativeKernels } from "../src/native/nativeKernels.js";
import "./backends.js";
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
