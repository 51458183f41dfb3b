import { IdinitError } from "@idinit/core";
import { memory, tensor, type tensor1d, tidy } from "@tensorflow/tfjs-core";
import { type LayersModel, sequential } from "@tensorflow/tfjs-layers";
import { describe, expect, test } from "vitest";
import { read, write } from "../src/weights.js";
import { mlp, residualMlp } from "./models.js";

const counted = (net: LayersModel) =>
  new Map([...read(net)].map(([name, values], n) => [name, values.map((_, i) => n + i / 1000)] as const));

describe("read and write", () => {
  test("what is written is read, layer.getWeights agrees, and no tensor is left behind", () => {
    const net = residualMlp();
    const weights = counted(net);
    const before = memory().numTensors;
    expect(write(net, weights)).toBe(net);
    expect(read(net)).toEqual(weights);
    expect(memory().numTensors).toBe(before);
    const kernel = net.getLayer("a_up").getWeights()[0];
    expect(kernel?.dataSync()).toEqual(weights.get("a_up/kernel"));
  });

  test("values are copies, in and out", () => {
    const net = mlp();
    const weights = counted(net);
    write(net, weights);
    const kernel = weights.get("fc1/kernel") as Float32Array;
    const [first] = kernel;
    kernel.fill(9);
    expect(read(net).get("fc1/kernel")?.[0]).toBe(first);
    read(net).get("fc1/kernel")?.fill(9);
    expect(read(net).get("fc1/kernel")?.[0]).toBe(first);
  });

  test("weights that are not given stay", () => {
    const net = mlp();
    const before = read(net);
    write(net, new Map([["fc2/bias", new Float32Array(12).fill(0.5)]]));
    const after = read(net);
    expect(after.get("fc2/bias")).toEqual(new Float32Array(12).fill(0.5));
    for (const [name, values] of before) if (name !== "fc2/bias") expect(after.get(name)).toEqual(values);
  });

  test("all or nothing: a bad entry at the end leaves everything as it was", () => {
    const net = mlp();
    const before = read(net);
    const good = ["fc1/kernel", new Float32Array(72)] as const;
    expect(() => write(net, new Map([good, ["fc9/kernel", new Float32Array(1)]]))).toThrow(
      new IdinitError('tfjs: model "mlp" has no weight "fc9/kernel"'),
    );
    expect(() => write(net, new Map([good, ["fc2/kernel", new Float32Array(5)]]))).toThrow(
      new IdinitError('tfjs: weight "fc2/kernel" of shape [12,12] needs 144 values, got 5'),
    );
    expect(read(net)).toEqual(before);
  });

  test("the model computes with the written weights", () => {
    const net = mlp();
    write(net, new Map([...read(net)].map(([name, values]) => [name, values.map(() => 0)])));
    const y = tidy(() => (net.predict(tensor([[1, 2, 3, 4, 5, 6]])) as ReturnType<typeof tensor1d>).dataSync().slice());
    y.forEach((value) => {
      expect(value).toBeCloseTo(1 / 3, 6);
    });
  });
});

describe("models that cannot be served", () => {
  test("no layers yet", () => {
    const empty = sequential({ name: "empty" });
    expect(() => read(empty)).toThrow(
      new IdinitError('tfjs: model "empty" has no layers yet: add them, the first one with an inputShape'),
    );
  });

  test("not a layers model", () => {
    expect(() => read({} as LayersModel)).toThrow("tfjs: expected a layers model");
    expect(() => read(undefined as unknown as LayersModel)).toThrow(IdinitError);
  });

  test("disposed", () => {
    const net = mlp();
    net.dispose();
    expect(() => write(net, new Map([["fc1/kernel", new Float32Array(72)]]))).toThrow(/disposed/);
  });
});
