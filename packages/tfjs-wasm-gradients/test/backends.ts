/** The two backends of the tests: wasm with the kernels under test, cpu as the reference. */
import { createRequire } from "node:module";
import { dirname, sep } from "node:path";
import "@tensorflow/tfjs-backend-cpu";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { memory, setBackend, type Tensor, type TensorLike, tensor } from "@tensorflow/tfjs-core";
import { expect } from "vitest";
import { registerWasmGradients } from "../src/index.js";

setWasmPaths(dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm")) + sep);
registerWasmGradients();

export interface Value {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Runs `compute` on fresh copies of the inputs; checks that it leaves nothing behind. */
export async function runOn(
  backend: "wasm" | "cpu",
  inputs: readonly Value[],
  compute: (...inputs: Tensor[]) => Tensor | Tensor[],
): Promise<Value[]> {
  await setBackend(backend);
  const before = memory();
  const tensors = inputs.map(({ values, shape }) => tensor(values as unknown as TensorLike, [...shape]));
  const results = [compute(...tensors)].flat();
  const values = results.map((result) => ({ shape: result.shape, values: result.dataSync() as Float32Array }));
  for (const one of [...tensors, ...results]) one.dispose();
  expect(memory().numTensors).toBe(before.numTensors);
  expect(memory().numDataBuffers).toBe(before.numDataBuffers);
  return values;
}

/**
 * Both backends give the same shapes, and values within `1e-5` of the largest magnitude (at least 1).
 *
 * @param reference what the cpu backend computes, if not the same; `backend` is the one that is compared with it
 */
export async function expectSame(
  inputs: readonly Value[],
  compute: (...inputs: Tensor[]) => Tensor | Tensor[],
  reference = compute,
  backend: "wasm" | "cpu" = "wasm",
): Promise<void> {
  const expected = await runOn("cpu", inputs, reference);
  const actual = await runOn(backend, inputs, compute);
  expect(actual.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
  expected.forEach(({ values }, index) => {
    const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    // One expectation for all: one a value takes longer than the computation. Math.max passes NaN on.
    const worst = values.reduce((most, value, at) => Math.max(most, Math.abs(actual[index]!.values[at]! - value)), 0);
    expect(worst / scale).toBeLessThan(1e-5);
  });
}

/** Reproducible values in [-1, 1). */
export function noise(shape: readonly number[], seed: number): Value {
  let state = (seed * 2654435761 + 1) >>> 0;
  const size = shape.reduce((product, axis) => product * axis, 1);
  const values = Float32Array.from({ length: size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
  return { shape, values };
}
