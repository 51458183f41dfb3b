/** The scheme `tfjs` draws from the distribution that tfjs's own layers start with. */
import "@tensorflow/tfjs-backend-cpu";
import { layers, sequential } from "@tensorflow/tfjs-layers";
import { expect, test } from "vitest";
import { initialize } from "../src/index.js";

const make = () =>
  sequential({
    layers: [
      layers.conv2d({ name: "conv", filters: 48, kernelSize: 3, inputShape: [8, 8, 24] }),
      layers.flatten(),
      layers.dense({ name: "fc", units: 32 }),
    ],
  });

function moments(values: ArrayLike<number>) {
  const list = Array.from(values);
  return {
    std: Math.sqrt(list.reduce((sum, v) => sum + v * v, 0) / list.length),
    largest: list.reduce((most, v) => Math.max(most, Math.abs(v)), 0),
  };
}

test.each([0, 2])("weight %i", (index) => {
  const stock = moments(make().getWeights()[index]!.dataSync());
  const ours = moments(initialize(make(), { scheme: "tfjs", seed: 0 }).getWeights()[index]!.dataSync());
  // 10368 and 55296 values: the deviation of a standard deviation is 0.7 % at most.
  expect(ours.std / stock.std).toBeGreaterThan(0.965);
  expect(ours.std / stock.std).toBeLessThan(1.035);
  // Both are cut at the same bound, and come close to it.
  expect(ours.largest / stock.largest).toBeGreaterThan(0.98);
  expect(ours.largest / stock.largest).toBeLessThan(1.02);
});
