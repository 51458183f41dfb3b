/**
 * What brain.js itself does with these nets: which gradients are right (against finite differences) and which are not. The README's limits
 * and the refusals follow from here. A test that fails after an update of brain.js tells that a limit is gone.
 */
import { describe, expect, test } from "vitest";
import { initialize } from "../src/index.js";
import type { BrainNet, LayerNode } from "../src/net.js";
import { brain, built, feedForward, gpu, type Layer, linear, recurrentRnn } from "./nets.js";

const { AE, FeedForward, NeuralNetworkGPU, Recurrent, layer } = brain;

/** Keeps the gradient that a trainable layer was given, and leaves its weights. */
const recorder = (gradients: Map<unknown, number[][]>) => () => ({
  setupKernels() {},
  run(trained: { weights: ArrayLike<number>[]; deltas: ArrayLike<number>[] }) {
    gradients.set(
      trained,
      trained.deltas.map((row) => Array.from(row)),
    );
    return trained.weights.map((row) => Float32Array.from(row));
  },
});

/** Largest difference of brain.js's gradient from the central difference, over all weights of each trainable layer, and the largest slope. */
function compare(model: readonly LayerNode[], gradients: ReadonlyMap<unknown, number[][]>, loss: () => number) {
  let [difference, slope] = [0, 0];
  for (const trained of model) {
    (trained.weights as Float32Array[]).forEach((row, r) => {
      row.forEach((value, c) => {
        const at = (v: number): number => {
          row[c] = v;
          return loss();
        };
        const central = (at(value + 1e-2) - at(value - 1e-2)) / 2e-2;
        row[c] = value;
        difference = Math.max(difference, Math.abs(central - (gradients.get(trained)?.[r]?.[c] as number)));
        slope = Math.max(slope, Math.abs(central));
      });
    });
  }
  return { difference, slope };
}

const X = [0.3, -0.7];
const TARGET = 0.9;

/** Compares the gradients of a net: a tanh layer, two of the given blocks, one output. */
function gradientsOf(block: (x: Layer) => unknown) {
  const gradients = new Map<unknown, number[][]>();
  const net = new FeedForward({
    initPraxis: recorder(gradients) as never,
    inputLayer: () => layer.input({ height: 2 }),
    hiddenLayers: [(x) => layer.tanh(linear(3, x as Layer)), block as never, block as never],
    outputLayer: (x) => layer.target({ height: 1 }, linear(1, x as Layer)),
  });
  net.initialize();
  const model = net._model as unknown as LayerNode[];
  model.forEach((trained, n) => {
    for (const row of trained.weights as Float32Array[])
      row.forEach((_, i) => {
        row[i] = Math.sin(n * 5 + i * 3 + 1);
      });
  });
  const loss = () => (((net.runInput(X as never) as unknown as number[][])[0]?.[0] as number) - TARGET) ** 2 / 2;
  net._trainPattern(X as never, [TARGET] as never, false);
  return { net, ...compare(model, gradients, loss) };
}

const tanh = (x: Layer): Layer => layer.tanh(x) as unknown as Layer;

describe("residual FeedForward", () => {
  test.each<[string, (x: Layer) => unknown]>([
    ["x + W tanh(V x)", (x) => layer.add(x, linear(3, tanh(linear(3, x))))],
    ["W tanh(V x) + x", (x) => layer.add(linear(3, tanh(linear(3, x))), x)],
    ["tanh(x + W tanh(V x))", (x) => tanh(layer.add(x, linear(3, tanh(linear(3, x)))))],
    ["x + a * tanh(V x)", (x) => layer.add(x, layer.multiplyElement(layer.random({ height: 3 }), tanh(linear(3, x))))],
  ])("%s: gradients are right, and the net is served", (_name, block) => {
    const { net, difference, slope } = gradientsOf(block);
    expect(slope).toBeGreaterThan(0.01);
    expect(difference).toBeLessThan(0.01 * slope);
    initialize(net);
  });

  test.each<[string, (x: Layer) => unknown, RegExp]>([
    [
      "x + W tanh(x)",
      (x) => layer.add(x, linear(3, tanh(x))),
      /tanh\d+ \(Tanh\) overwrites the gradient that tanh\d+ gets from add\d+/,
    ],
    [
      "x + x * tanh(V x)",
      (x) => layer.add(x, layer.multiplyElement(x, tanh(linear(3, x)))),
      /multiplyelement\d+ \(MultiplyElement\) overwrites/,
    ],
    ["x + x", (x) => layer.add(x, x), /add\d+ \(Add\) overwrites the gradient/],
  ])("%s: gradients are wrong, and the net is refused by the layer's name", (_name, block, message) => {
    const { net, difference, slope } = gradientsOf(block);
    expect(difference).toBeGreaterThan(0.1 * slope);
    expect(() => initialize(net)).toThrow(message);
  });
});

test("FeedForward compares every output with the first target", () => {
  const net = initialize(feedForward(0.01));
  net.train([{ input: [0, 1, 0, 1], output: [0.9, 0.1, 0.1] }], { iterations: 150 });
  for (const [value = 0] of net.run([0, 1, 0, 1]) as unknown as Float32Array[]) expect(value).toBeGreaterThan(0.7);
});

describe("Recurrent", () => {
  const compared = (steps: number, cell: typeof layer.rnnCell | typeof layer.lstmCell = layer.rnnCell) => {
    const gradients = new Map<unknown, number[][]>();
    const net = new Recurrent({
      initPraxis: recorder(gradients) as never,
      inputLayer: () => layer.input({ height: 1 }),
      hiddenLayers: [(x, state) => cell({ height: 3 }, x, state)],
      outputLayer: (x) => layer.output({ height: 1 }, x),
    });
    net.initialize();
    const model = net._model as unknown as LayerNode[];
    model.forEach((trained, n) => {
      for (const row of trained.weights as Float32Array[])
        row.forEach((_, i) => {
          row[i] = 0.3 + 0.2 * Math.sin(n * 5 + i * 3);
        });
    });
    const sequence = Array.from({ length: steps }, (_, t) => [0.5 + 0.4 * Math.sin(3 * t + 1)]);
    const loss = () => {
      net.runInputs(sequence as never);
      return sequence.slice(1).reduce((sum, [next = 0], t) => {
        const last = net._layerSets[t]?.at(-1) as unknown as { weights: [[number]] };
        const made = last.weights[0][0];
        return sum + (made - next) ** 2 / 2;
      }, 0);
    };
    net._trainPattern(sequence as never, false);
    const isSquare = ({ width, height }: LayerNode) => width === height && width > 1;
    return {
      all: compare(model, gradients, loss),
      recurrent: compare(model.filter(isSquare), gradients, loss),
    };
  };

  test("two steps: all gradients are right", () => {
    const { all } = compared(2);
    expect(all.slope).toBeGreaterThan(0.01);
    expect(all.difference).toBeLessThan(1e-3);
  });

  test("more steps: those of recurrent matrices are right, those of biases are of one step only", () => {
    const { all, recurrent } = compared(4);
    expect(recurrent.difference).toBeLessThan(1e-3);
    expect(all.difference).toBeGreaterThan(0.05 * all.slope);
  });

  test("more steps of lstmCell: those of recurrent matrices are wrong too", () => {
    const { recurrent } = compared(4, layer.lstmCell);
    expect(recurrent.difference).toBeGreaterThan(0.02 * recurrent.slope);
    expect(compared(2, layer.lstmCell).all.difference).toBeLessThan(1e-3);
  });

  test("a net of fromJSON cannot run", () => {
    const copy = Recurrent.fromJSON(JSON.parse(JSON.stringify(built(recurrentRnn()).toJSON())));
    copy.initialize();
    expect(() => copy.run([[0], [1]] as never)).toThrow("Cannot read properties of undefined");
  });

  test("the layer gru fails", () => {
    const net = new Recurrent({
      inputLayer: () => layer.input({ height: 1 }),
      hiddenLayers: [
        (x, state) => {
          (state as unknown as { setDimensions(width: number, height: number): void }).setDimensions(1, 3);
          return layer.gru({ height: 3 }, state as never, x as never);
        },
      ],
      outputLayer: (x) => layer.output({ height: 1 }, x),
    });
    net.initialize();
    expect(() => net.train([[[0], [1]]] as never, { iterations: 1 })).toThrow("is not reusable");
  });
});

describe("NeuralNetworkGPU", () => {
  test("a first layer that is smaller than the input: all weights become NaN, and such a net is refused", () => {
    const make = (): BrainNet => new NeuralNetworkGPU({ inputSize: 4, hiddenLayers: [2], outputSize: 1, mode: "cpu" });
    const net = make() as InstanceType<typeof NeuralNetworkGPU>;
    net.train([{ input: [0, 1, 1, 0], output: [1] }], { iterations: 2 });
    expect(Array.from((net.weights[1] as unknown as Float32Array[])[0] as Float32Array)).toEqual(
      Array(4).fill(Number.NaN),
    );
    expect(() => initialize(make())).toThrow(
      "brain: layer1 has 2 units for 4 inputs: brain.js trains a network on gpu.js only on as many inputs as layer1 has units",
    );
    expect(() => initialize(new AE({ decodedSize: 4, hiddenLayers: [2] } as object))).toThrow(
      "brain: layer1 has 2 units",
    );
  });

  test("without a GPU gpu.js falls back, here to the CPU, and learns", () => {
    const net = new NeuralNetworkGPU<number[], number[]>({
      inputSize: 2,
      hiddenLayers: [2],
      outputSize: 1,
      learningRate: 0.5,
    } as object);
    initialize(net, { scheme: "xavier", seed: 0 });
    const data = [0, 1].map((i) => ({ input: [i, 1 - i], output: [0.1 + 0.8 * i] }));
    const before = net.train(data, { iterations: 100, errorThresh: 1e-9 }).error;
    const after = net.train(data, { iterations: 300, errorThresh: 1e-9 }).error;
    expect(after).toBeLessThan(0.5 * before);
    expect(net.run([1, 0])).toHaveLength(1);
  });

  test("in WebAssembly run() fails after train() where layer 1 is larger than the input", () => {
    const make = () =>
      initialize(
        new NeuralNetworkGPU<number[], number[]>({
          inputSize: 2,
          hiddenLayers: [3],
          outputSize: 1,
          mode: "webasm",
        } as object),
      );
    expect(make().run([1, 0])).toHaveLength(1);
    const trained = make();
    trained.train([{ input: [0, 1], output: [1] }], { iterations: 1 });
    expect(() => trained.run([1, 0])).toThrow("changed size");
  });

  test("with the CPU named it is on the CPU", () => {
    expect((gpu() as unknown as { gpu: { mode: string } }).gpu.mode).toBe("cpu");
  });
});
