import { backend, getBackend, memory, setBackend, sum, tensor } from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import type { WasmBackend } from "../src/backend.js";
import { registerWasmGradients, WasmGradientsError } from "../src/index.js";
import "./backends.js";

beforeAll(() => setBackend("wasm"));

const gibibytes = (count: number) => () =>
  (backend() as unknown as WasmBackend).makeOutput([count * 2 ** 28], "float32");

it("says what was asked for and how large the memory may become", async () => {
  expect(getBackend()).toBe("wasm");
  const x = tensor([1, 2, 3, 4]);
  const full = [1, 1, 1].map((size) => gibibytes(size)());
  try {
    const { numTensors } = memory();
    expect(gibibytes(1.5)).toThrow(WasmGradientsError);
    expect(gibibytes(1.5)).toThrow(
      /out of memory: asked for 1536 MiB; its memory is \d{4} MiB and may become 4096 MiB at most/,
    );
    expect(memory().numTensors).toBe(numTensors);
    const total = sum(x);
    expect(await total.data()).toEqual(Float32Array.of(10));
    total.dispose();
  } finally {
    for (const { dataId } of full) (backend() as unknown as WasmBackend).disposeData(dataId);
    x.dispose();
  }
});

it("refuses sizes that the module would take modulo 4 GiB", () => {
  expect(gibibytes(4)).toThrow("out of memory: asked for 4096 MiB");
});

it("guards a backend once, whether registered before or after its start", () => {
  const { _malloc } = (backend() as unknown as { wasm: { _malloc: unknown } }).wasm;
  registerWasmGradients();
  expect((backend() as unknown as { wasm: { _malloc: unknown } }).wasm._malloc).toBe(_malloc);
});
