/** Scan and Loop as operators allow them: onnxruntime runs the given model, training the one that is written out. */
import { type Attribute, DataType, encodeModel, GraphBuilder, type OnnxGraph, type OnnxModel } from "@idinit/onnx";
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { buildTrainingModel, createTrainer, sgd } from "../src/index.js";

const graph = (name: string, value: OnnxGraph): Attribute => ({ name, type: "graph", value });

/** A body that reads values from around it: the builder takes them for inputs, of which the graph then has none. */
function body(around: Readonly<Record<string, number[]>>, make: (g: GraphBuilder) => void): OnnxGraph {
  const g = new GraphBuilder({ name: "body", opset: 17 });
  for (const [name, dims] of Object.entries(around)) g.input(name, "float32", dims);
  make(g);
  const { graph: built } = g.build();
  return { ...built, inputs: built.inputs.filter(({ name }) => !(name in around)) };
}

/** state' = tanh(state w + x); gives the state of each step. */
const recurrent = body({ w: [3, 3] }, (g) => {
  const state = g.input("state", "float32", [2, 3]);
  const x = g.input("x_t", "float32", [2, 3]);
  const half = g.initializer("half", [], Float32Array.of(0.5));
  const next = g.node("Tanh", [g.node("Add", [g.node("Mul", [g.node("MatMul", [state, "w"]), half]), x])]);
  g.output(next, "float32", [2, 3]);
  g.output(g.node("Neg", [next]), "float32", [2, 3]);
});

/** The same by the number of the step, as long as that is below 3. */
const counted = body({ w: [3, 3], x: [2, 4, 3] }, (g) => {
  const t = g.input("t", "int64", []);
  g.input("going", "bool", []);
  const state = g.input("state", "float32", [2, 3]);
  const x = g.node("Gather", ["x", t], { axis: 1 });
  const next = g.node("Tanh", [g.node("Add", [g.node("MatMul", [state, "w"]), x])]);
  g.output(g.node("Less", [t, g.scalar(2, "int64")]), "bool", []);
  g.output(next, "float32", [2, 3]);
  g.output(next, "float32", [2, 3]);
});

function model(make: (g: GraphBuilder, x: string, start: string) => string): OnnxModel {
  const g = new GraphBuilder({ opset: 17 });
  const x = g.input("x", "float32", [2, 4, 3]);
  g.initializer("w", [3, 3], Float32Array.of(0.3, -0.5, 0.2, 0.7, 0.1, -0.4, 0.6, -0.2, 0.5));
  const start = g.initializer("start", [2, 3], Float32Array.of(0.1, 0.2, 0.3, -0.1, -0.2, -0.3));
  g.output(make(g, x, start), "float32");
  return g.build();
}

const list = (name: string, value: number[]): Attribute => ({ name, type: "ints", value });
const scanning = (...attributes: Attribute[]) =>
  model((g, x, start) => {
    const all = Object.fromEntries([graph("body", recurrent), ...attributes].map((a) => [a.name, a]));
    const [last, each] = g.node("Scan", [start, x], { num_scan_inputs: 1, ...all }, { outputs: ["last", "each"] });
    return g.node("Mul", [each!, g.node("ReduceSum", [last!], { keepdims: 0 })]);
  });

const MODELS: readonly (readonly [string, OnnxModel])[] = [
  ["Scan along an axis", scanning(list("scan_input_axes", [1]), list("scan_output_axes", [2]))],
  [
    "Scan backwards",
    scanning(list("scan_input_axes", [1]), list("scan_input_directions", [1]), list("scan_output_directions", [1])),
  ],
  [
    "Loop that ends by its condition",
    model((g, _x, start) => {
      const most = g.scalar(4, "int64");
      const inputs = [most, g.node("Cast", [most], { to: DataType.bool }), start];
      const [last, each] = g.node("Loop", inputs, { body: graph("body", counted) }, { outputs: ["last", "each"] });
      return g.node("Mul", [each!, last!]);
    }),
  ],
];

describe("loss and gradients are those of onnxruntime's own operator", () => {
  it.each(MODELS)("%s", async (_title, given) => {
    const trainer = await createTrainer(encodeModel(given), {
      ort,
      loss: "mse",
      optimizer: sgd({ lr: 0.1 }),
      sessionOptions: { intraOpNumThreads: 1 },
    });
    const size = trainer.info.output.dims.reduce<number>((total, dim) => total * Number(dim), 1);
    const batch = {
      x: Float32Array.from({ length: 24 }, (_, i) => Math.sin(i + 1)),
      target: Float32Array.from({ length: size }, (_, i) => Math.sin(3 * i + 1)),
    };
    const gradients = await trainer.gradients(batch);
    expect([...gradients.keys()]).toEqual(["w", "start"]);
    for (const [name, gradient] of gradients) {
      const values = (await trainer.parameters()).get(name)!;
      for (let i = 0; i < values.length; i++) {
        const at = async (by: number) => {
          await trainer.loadParameters(new Map([[name, values.map((value, k) => (k === i ? value + by : value))]]));
          return (await trainer.evaluate(batch)).loss;
        };
        expect(gradient[i], `${name}[${i}]`).toBeCloseTo(((await at(1e-2)) - (await at(-1e-2))) / 2e-2, 3);
      }
      await trainer.loadParameters(new Map([[name, values]]));
    }
    const { loss: own } = await trainer.evaluate(batch);
    expect((await trainer.step(batch)).loss).toBeCloseTo(own, 6);
    await trainer.dispose();
  });
});

it("a loop whose end depends on data is an error that names it", () => {
  const given = model((g, x, start) => {
    const some = g.node("Greater", [g.node("ReduceMax", [x], { keepdims: 0 }), g.scalar(0)]);
    const [last] = g.node("Loop", [undefined, some, start], { body: graph("body", counted) }, { outputs: ["l", "e"] });
    return last!;
  });
  expect(() => buildTrainingModel(given, { loss: "mse" })).toThrow("(Loop): only the run can tell whether it goes on");
});
