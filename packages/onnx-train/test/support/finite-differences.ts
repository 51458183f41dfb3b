/** Gradients of one-operator models against central differences of their own forward pass. */
import { type AttributeInput, DataType, encodeModel, GraphBuilder, makeTensor, type OnnxModel } from "@idinit/onnx";
import * as ort from "onnxruntime-node";
import { expect } from "vitest";
import { buildTrainingModel, type TrainingModelOptions } from "../../src/index.js";

export type Operand =
  /** A parameter that is differentiated; values are drawn unless given. */
  | { readonly dims: readonly number[]; readonly values?: readonly number[]; readonly positive?: boolean }
  /** A constant. */
  | { readonly ints: readonly number[]; readonly dims?: readonly number[]; readonly int32?: boolean }
  | { readonly bools: readonly number[]; readonly dims: readonly number[] }
  | { readonly floats: readonly number[]; readonly dims: readonly number[] }
  | undefined;

export interface OperatorCase {
  readonly op: string;
  readonly title: string;
  readonly operands: readonly Operand[];
  readonly attributes?: AttributeInput;
  readonly outputs?: number;
  /** Default 17. */
  readonly opset?: number;
  /** The last opset that the case is legal in. */
  readonly until?: number;
  readonly forms?: TrainingModelOptions["forms"];
}

/** Distinct values, at least 0.11 apart in size and from 0: no difference quotient crosses a kink or swaps a maximum. */
function spacedValues(count: number, positive: boolean): Float32Array {
  const values = Float32Array.from({ length: count }, (_, i) => {
    const rank = (i * 7919 + 13) % count;
    return 0.25 + ((rank * Math.max(0.11, 2 / count)) % 40);
  });
  const scale = Math.min(1, 4 / Math.max(...values));
  return values.map(
    (v, i) => (count * 0.11 > 4 ? v * Math.max(scale, 0.5) : v) * (positive || (i * 31) % 3 !== 0 ? 1 : -1),
  );
}

function caseModel({ op, operands, attributes, outputs = 1, opset = 17 }: OperatorCase): OnnxModel {
  const g = new GraphBuilder({ opset, irVersion: opset >= 23 ? 11 : opset >= 21 ? 10 : 8 });
  const inputs = operands.map((operand, i) => {
    if (operand === undefined) return undefined;
    if ("ints" in operand) {
      const array = operand.int32 ? Int32Array.from(operand.ints) : BigInt64Array.from(operand.ints, BigInt);
      return g.initializer(`p${i}`, operand.dims ?? [operand.ints.length], array);
    }
    if ("bools" in operand)
      return g.initializer(makeTensor(`p${i}`, operand.dims, Uint8Array.from(operand.bools), DataType.bool));
    if ("floats" in operand) return g.initializer(`c${i}`, operand.dims, Float32Array.from(operand.floats));
    const count = operand.dims.reduce((a, b) => a * b, 1);
    const values = operand.values ? Float32Array.from(operand.values) : spacedValues(count, operand.positive ?? false);
    const parameter = g.initializer(`p${i}`, operand.dims, values);
    // Identity of an initializer is an initializer; behind a sum it is an operation.
    return op === "Identity" ? g.node("Add", [parameter, g.scalar(0)]) : parameter;
  });
  const made = g.node(op, inputs, attributes, {
    outputs: Array.from({ length: outputs }, (_, i) => `y${i}`),
  }) as string[];
  // Outputs are weighed differently, so that no error cancels; the input keeps the model a model.
  const x = g.input("x", "float32", [1]);
  const flat = made.map((name, i) => {
    const row = g.node("Reshape", [g.node("Cast", [name], { to: DataType.float }), g.int64s([-1])]);
    return g.node("Mul", [row, g.scalar(1 + i)]);
  });
  const all = g.node("Concat", flat, { axis: 0 });
  g.output(g.node("Add", [all, g.node("Mul", [x, g.scalar(0)])]), "float32", ["n"]);
  return g.build();
}

/** Fourth-order central differences of the loss by every element of every parameter, in steps of 0.02. */
export async function checkOperator(testCase: OperatorCase): Promise<void> {
  const model = caseModel(testCase);
  const trained = testCase.operands.flatMap((o, i) =>
    o && "dims" in o && !("ints" in o) && !("bools" in o) && !("floats" in o) ? [`p${i}`] : [],
  );
  const { bytes, info } = buildTrainingModel(encodeModel(model), {
    loss: "mse",
    trainable: trained,
    ...(testCase.forms && { forms: testCase.forms }),
  });
  const session = await ort.InferenceSession.create(bytes, { intraOpNumThreads: 1, executionMode: "sequential" });
  const size = (info.output.dims[0] as number) ?? 0;
  const target = new ort.Tensor(
    "float32",
    Float32Array.from({ length: size }, (_, i) => Math.sin(3 * i + 1)),
    [size],
  );
  const feeds: Record<string, ort.Tensor> = { x: new ort.Tensor("float32", [1], [1]), target };
  const stored = new Map(model.graph.initializers.map((t) => [t.name, t]));
  for (const { input, dims } of info.state) {
    const data = stored.get(input)!.data!.slice();
    feeds[input] = new ort.Tensor("float32", new Float32Array(data.buffer), dims);
  }
  const lossNow = async () => ((await session.run(feeds, [info.loss]))[info.loss]!.data as Float32Array)[0]!;
  const analytic = await session.run(feeds);
  for (const name of trained) {
    const gradient = analytic[info.gradients.get(name)!]!;
    expect(gradient.dims, `${name} shape`).toEqual(feeds[name]!.dims);
    const values = feeds[name]!.data as Float32Array;
    const numeric: number[] = [];
    for (let i = 0; i < values.length; i++) {
      const centre = values[i]!;
      const at = async (h: number) => {
        values[i] = centre + h;
        const reached = values[i]! - centre;
        const loss = await lossNow();
        values[i] = centre;
        return [loss, reached] as const;
      };
      const h = 0.02;
      const [[p1, a], [m1, b], [p2, c], [m2, d]] = [await at(h), await at(-h), await at(2 * h), await at(-2 * h)];
      numeric.push((4 / 3) * ((p1 - m1) / (a - b)) - (1 / 3) * ((p2 - m2) / (c - d)));
    }
    const scale = Math.max(...numeric.map(Math.abs));
    expect(scale, `${name}: a gradient of zero would prove nothing`).toBeGreaterThan(1e-4);
    const worst = Math.max(...numeric.map((value, i) => Math.abs(value - (gradient.data as Float32Array)[i]!)));
    expect(worst / scale, `${name}: largest error relative to the largest gradient`).toBeLessThan(4e-3);
  }
  await session.release();
}
