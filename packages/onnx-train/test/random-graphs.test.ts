/** Random graphs of legal operators: the graph's gradients equal finite differences, whatever stands beside what. */
import { type AttributeInput, encodeModel, GraphBuilder } from "@idinit/onnx";
import fc from "fast-check";
import * as ort from "onnxruntime-node";
import { expect, it } from "vitest";
import { buildTrainingModel } from "../src/index.js";

/** Rows and columns of every value; two of them are kept, so that any two values fit each other. */
const [ROWS, COLUMNS] = [3, 4];

type Step = (g: GraphBuilder, a: string, b: string, c: string) => string;

const unary =
  (op: string, attributes: AttributeInput = {}): Step =>
  (g, a) =>
    g.node(op, [a], attributes);
const binary =
  (op: string): Step =>
  (g, a, b) =>
    g.node(op, [a, b]);

/** Operators without kinks, which a finite difference could cross, in forms that keep the shape. */
const STEPS: Readonly<Record<string, Step>> = {
  Add: binary("Add"),
  Sub: binary("Sub"),
  Mul: (g, a, b) => g.node("Mul", [g.node("Tanh", [a]), b]),
  Div: (g, a, b) => g.node("Div", [a, g.node("Add", [g.node("Exp", [g.node("Tanh", [b])]), g.scalar(1)])]),
  Sum: (g, a, b, c) => g.node("Sum", [a, b, c, a]),
  Where: (g, a, b) => {
    const mask = g.constant([COLUMNS], Uint8Array.of(1, 0, 0, 1), "bool");
    return g.node("Where", [mask, a, b]);
  },
  Tanh: unary("Tanh"),
  Sigmoid: unary("Sigmoid"),
  Softplus: unary("Softplus"),
  Sin: unary("Sin"),
  Erf: unary("Erf"),
  Softmax: unary("Softmax", { axis: 0 }),
  LogSoftmax: unary("LogSoftmax"),
  CumSum: (g, a) => g.node("CumSum", [a, g.scalar(1, "int64")], { reverse: 1 }),
  Transposes: (g, a, b) => g.node("MatMul", [g.node("MatMul", [a, g.node("Transpose", [b])]), g.node("Sigmoid", [a])]),
  Gemm: (g, a, b, c) => g.node("Gemm", [g.node("MatMul", [a, g.node("Transpose", [b])]), c, a], { alpha: 0.5 }),
  Einsum: (g, a, b, c) => g.node("Einsum", [a, b, c], { equation: "ij,kj,kl->il" }),
  Centred: (g, a) => g.node("Sub", [a, g.node("ReduceMean", [a], { axes: [0] })]),
  Normed: (g, a, b) => g.node("Div", [a, g.node("Add", [g.node("ReduceL2", [b], { axes: [1] }), g.scalar(1)])]),
  Energy: (g, a, b) => g.node("Mul", [a, g.node("ReduceLogSumExp", [b], { keepdims: 0 })]),
  LayerNorm: (g, a, b) =>
    g.node("LayerNormalization", [a, g.node("ReduceSum", [b, g.int64s([0])], { keepdims: 0 })], { epsilon: 0.1 }),
  Instance: (g, a) => {
    const one = g.constant([ROWS], new Float32Array(ROWS).fill(1));
    const rows = g.node("Unsqueeze", [a, g.int64s([0])]);
    return g.node("Squeeze", [g.node("InstanceNormalization", [rows, one, one], { epsilon: 0.1 }), g.int64s([0])]);
  },
  SplitConcat: (g, a) => {
    const [left, right] = g.node("Split", [a, g.int64s([1, 3])], { axis: 1 }, { outputs: 2 });
    return g.node("Concat", [g.node("Sin", [right!]), g.node("Mul", [left!, left!])], { axis: 1 });
  },
  SlicePad: (g, a) => {
    const cut = g.node("Slice", [a, g.int64s([-1]), g.int64s([-100]), g.int64s([1]), g.int64s([-2])]);
    return g.node("Pad", [cut, g.int64s([0, 1, 0, 1])], { mode: "reflect" });
  },
  GatherScatter: (g, a, b) => {
    const picked = g.node("Gather", [a, g.int64s([2, 0])], { axis: 0 });
    return g.node("ScatterND", [b, g.constant([2, 1], BigInt64Array.of(1n, 0n)), picked]);
  },
  TileReduce: (g, a) => {
    const tiled = g.node("Reshape", [g.node("Tile", [a, g.int64s([2, 1])]), g.int64s([2, ROWS, COLUMNS])]);
    return g.node("ReduceSumSquare", [g.node("Tanh", [tiled])], { axes: [0], keepdims: 0 });
  },
  Conv: (g, a, b) => {
    const image = g.node("Reshape", [a, g.int64s([1, 1, ROWS, COLUMNS])]);
    const kernel = g.node("Slice", [b, g.int64s([0, 0]), g.int64s([3, 3]), g.int64s([0, 1])]);
    const weights = g.node("Reshape", [kernel, g.int64s([1, 1, 3, 3])]);
    const y = g.node("Conv", [image, weights], { pads: [1, 1, 1, 1] });
    return g.node("Reshape", [y, g.int64s([ROWS, COLUMNS])]);
  },
  Resize: (g, a) => {
    const image = g.node("Reshape", [a, g.int64s([1, 1, ROWS, COLUMNS])]);
    const wide = g.node("Resize", [image, undefined, g.constant([4], Float32Array.of(1, 1, 2, 2))], { mode: "linear" });
    return g.node("Reshape", [
      g.node("AveragePool", [wide], { kernel_shape: [2, 2], strides: [2, 2] }),
      g.int64s([ROWS, COLUMNS]),
    ]);
  },
};

interface Plan {
  readonly steps: readonly (readonly [op: string, a: number, b: number, c: number])[];
  readonly seed: number;
}

const plans: fc.Arbitrary<Plan> = fc.record({
  steps: fc.array(fc.tuple(fc.constantFrom(...Object.keys(STEPS)), fc.nat(99), fc.nat(99), fc.nat(99)), {
    minLength: 2,
    maxLength: 7,
  }),
  seed: fc.nat(1000),
});

const NAMES = ["p", "q"];

function modelOf({ steps, seed }: Plan): Uint8Array {
  const g = new GraphBuilder({ opset: 17 });
  const parameters = NAMES.map((name, k) =>
    g.initializer(
      name,
      [ROWS, COLUMNS],
      Float32Array.from({ length: 12 }, (_, i) => Math.sin(seed + 5 * k + 1.7 * i)),
    ),
  );
  // Every value may be read by any that follows; the last one takes in all, so that none is left out.
  const values = [...parameters];
  for (const [op, a, b, c] of steps) {
    const pick = (n: number) => values[values.length - 1 - (n % values.length)]!;
    values.push(STEPS[op]!(g, pick(a), pick(b), pick(c)));
  }
  const x = g.input("x", "float32", []);
  const whole = g.node("Tanh", [g.node("Sum", values)]);
  g.output(g.node("Mul", [whole, x], {}, { outputs: ["y"] })[0]!, "float32", [ROWS, COLUMNS]);
  return encodeModel(g.build());
}

it("gradients of random graphs equal finite differences", async () => {
  await fc.assert(
    fc.asyncProperty(plans, async (plan) => {
      const bytes = modelOf(plan);
      const { bytes: graph, info } = buildTrainingModel(bytes, { loss: "mse", trainable: NAMES });
      const session = await ort.InferenceSession.create(graph, {
        intraOpNumThreads: 1,
        graphOptimizationLevel: "basic",
      });
      const start = NAMES.map((_, k) =>
        Float32Array.from({ length: 12 }, (_, i) => Math.sin(plan.seed + 5 * k + 1.7 * i)),
      );
      const target = Float32Array.from({ length: 12 }, (_, i) => Math.cos(2 * i));
      const run = (values: readonly Float32Array[]) =>
        session.run({
          x: new ort.Tensor("float32", [1], []),
          target: new ort.Tensor("float32", target, [ROWS, COLUMNS]),
          ...Object.fromEntries(NAMES.map((name, k) => [name, new ort.Tensor("float32", values[k]!, [ROWS, COLUMNS])])),
        });
      const results = await run(start);
      const gradients = NAMES.map((name) => results[info.gradients.get(name)!]!.data as Float32Array);
      // Along three directions, as one number each: the slope of the loss against the gradient's projection.
      const norm = Math.hypot(...gradients.flatMap((gradient) => [...gradient]));
      for (let k = 0; k < 3; k++) {
        const direction = NAMES.map((_, n) =>
          Float32Array.from({ length: 12 }, (_, i) => Math.cos(k + 3 * n + 2.3 * i) / 4),
        );
        const lossAt = async (h: number) => {
          const moved = start.map((values, n) => values.map((v, i) => v + h * direction[n]![i]!));
          return ((await run(moved))[info.loss]!.data as Float32Array)[0]!;
        };
        const h = 0.02;
        const [p1, m1, p2, m2] = [await lossAt(h), await lossAt(-h), await lossAt(2 * h), await lossAt(-2 * h)];
        const slope = (8 * (p1 - m1) - (p2 - m2)) / (12 * h);
        const projected = gradients.reduce(
          (sum, gradient, n) => sum + gradient.reduce((s, v, i) => s + v * direction[n]![i]!, 0),
          0,
        );
        expect(Math.abs(slope - projected), JSON.stringify(plan)).toBeLessThan(5e-3 * norm + 1e-4);
      }
      await session.release();
    }),
    { numRuns: 25, seed: 17 },
  );
});
