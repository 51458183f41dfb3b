import { backend, setBackend } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { forSharedMemory } from "../src/native/forSharedMemory.js";
import { nativeKernels } from "../src/native/nativeKernels.js";
import { manyThreads } from "../src/native/threads.js";
import { noise } from "./backends.js";

describe("nativeKernels", () => {
  it("are there on the wasm backend of Node, once a backend", async () => {
    await setBackend("wasm");
    const kernels = nativeKernels(backend());
    expect(kernels).toBeDefined();
    expect(nativeKernels(backend())).toBe(kernels);
  });

  it("compute on memory that threads share what they compute on the backend's", () => {
    const options = { initial: 1, maximum: 65_536 };
    const results = [new WebAssembly.Memory(options), new WebAssembly.Memory({ ...options, shared: true })].map(
      (memory) => {
        const values = new Float32Array(memory.buffer);
        values.set(noise([2 * 35], 1).values, 0);
        const wasm = memory.buffer instanceof ArrayBuffer ? { asm: { memory } } : { wasmMemory: memory };
        nativeKernels({ wasm })!.product(1024, 20, 0, 28, false, 4 * 35, 20, false, 5, 7, 5, 4096);
        return values.slice(256, 256 + 25);
      },
    );
    expect(results[0]!.some((value) => value !== 0)).toBe(true);
    expect(results[1]).toEqual(results[0]);
  });

  it("are not there without a memory", () => {
    expect(nativeKernels({ wasm: {} })).toBeUndefined();
  });

  it("refuse to be changed to shared memory where another import than a memory is asked for", () => {
    expect(() => forSharedMemory(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0))).toThrow("must be a memory");
  });
});

describe("manyThreads", () => {
  it("counts the threads of the build that has them", () => {
    const tfjs = (count: number) => ({ getThreadsCount: () => count });
    expect(manyThreads({ wasm: { wasmMemory: {}, tfjs: tfjs(5) } })).toBe(true);
    expect(manyThreads({ wasm: { wasmMemory: {}, tfjs: tfjs(4) } })).toBe(false);
    expect(manyThreads({ wasm: { tfjs: tfjs(5) } })).toBe(false);
  });
});
