import "./backends.js";
import { backend, setBackend } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { nativeKernels } from "../src/native/nativeKernels.js";

describe("nativeKernels", () => {
  it("are there on the wasm backend of Node, once a backend", async () => {
    await setBackend("wasm");
    const kernels = nativeKernels(backend());
    expect(kernels).toBeDefined();
    expect(nativeKernels(backend())).toBe(kernels);
  });

  it("are not there on memory that threads share", () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    expect(nativeKernels({ wasm: { asm: { memory } } })).toBeUndefined();
    expect(nativeKernels({ wasm: {} })).toBeUndefined();
  });
});
