/** One-operator models: the operator between parameters and a loss. */
import { type AttributeInput, DataType, encodeModel, GraphBuilder, makeTensor, type OnnxModel } from "@idinit/onnx";
import type { InferenceSession, Tensor } from "onnxruntime-common";
import { buildTrainingModel, type Ort, type TrainingModelInfo, type TrainingModelOptions } from "../../src/index.js";

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
  /** The first opset that the case is legal in. Default 13. */
  readonly opset?: number;
  /** The last one. Default 25. */
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

/** The operator between its operands and one row of results. */
export function caseModel({ op, operands, attributes, outputs = 1 }: OperatorCase, opset: number): OnnxModel {
  const g = new GraphBuilder({ opset, irVersion: opset >= 25 ? 12 : opset >= 23 ? 11 : opset >= 21 ? 10 : 8 });
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

/** The opsets of this package that a case is legal in. */
export const legalIn = ({ opset = 13, until = 25 }: OperatorCase, version: number): boolean =>
  version >= opset && version <= until;

/** The opset that finite differences are taken in: 17, or the nearest that is legal. */
export const usualOpset = ({ opset = 13, until = 25 }: OperatorCase): number => Math.min(Math.max(17, opset), until);

export interface PreparedCase {
  readonly session: InferenceSession;
  readonly info: TrainingModelInfo;
  /** Parameters under their names; their values may be changed between runs. */
  readonly feeds: Record<string, Tensor>;
  readonly trained: readonly string[];
}

export interface BuiltCase {
  readonly bytes: Uint8Array;
  readonly info: TrainingModelInfo;
  readonly feeds: Record<string, Tensor>;
  readonly trained: readonly string[];
}

/** The training graph of a case and what it is fed: loss mean((y - target)^2), target_k = sin(3 k + 1). */
export function buildCase(ort: Pick<Ort, "Tensor">, testCase: OperatorCase, opset = usualOpset(testCase)): BuiltCase {
  const model = caseModel(testCase, opset);
  const trained = testCase.operands.flatMap((o, i) =>
    o && "dims" in o && !("ints" in o) && !("bools" in o) && !("floats" in o) ? [`p${i}`] : [],
  );
  const { bytes, info } = buildTrainingModel(encodeModel(model), {
    loss: "mse",
    trainable: trained,
    ...(testCase.forms && { forms: testCase.forms }),
  });
  const size = (info.output.dims[0] as number) ?? 0;
  const target = Float32Array.from({ length: size }, (_, i) => Math.sin(3 * i + 1));
  const feeds: Record<string, Tensor> = {
    x: new ort.Tensor("float32", [1], [1]),
    target: new ort.Tensor("float32", target, [size]),
    ...(info.seed && { [info.seed]: new ort.Tensor("uint32", Uint32Array.of(1), []) }),
  };
  const stored = new Map(model.graph.initializers.map((t) => [t.name, t]));
  for (const { input, dims } of info.state) {
    const data = stored.get(input)!.data!.slice();
    feeds[input] = new ort.Tensor("float32", new Float32Array(data.buffer), dims);
  }
  return { bytes, info, feeds, trained };
}

/** The training graph of a case in a session. */
export async function prepareCase(
  ort: Ort,
  testCase: OperatorCase,
  opset = usualOpset(testCase),
  // As the graph stands: onnxruntime's own rewriting takes longer than the run.
  graphOptimizationLevel: "disabled" | "all" = "disabled",
): Promise<PreparedCase> {
  const { bytes, ...built } = buildCase(ort, testCase, opset);
  const session = await ort.InferenceSession.create(bytes, { intraOpNumThreads: 1, graphOptimizationLevel });
  return { session, ...built };
}

export interface CaseResult {
  readonly loss: number;
  readonly gradients: ReadonlyMap<string, { readonly dims: readonly number[]; readonly data: Float32Array }>;
}

export async function runPrepared({ session, info, feeds, trained }: PreparedCase): Promise<CaseResult> {
  const results = await session.run(feeds);
  const gradients = trained.map((name) => {
    const { dims, data } = results[info.gradients.get(name)!]!;
    return [name, { dims, data: (data as Float32Array).slice() }] as const;
  });
  return { loss: (results[info.loss]!.data as Float32Array)[0]!, gradients: new Map(gradients) };
}

type DropFirst<T extends unknown[]> = T extends [unknown, ...infer Rest] ? Rest : never;

/** Loss and gradients of a case. */
export async function runCase(ort: Ort, ...rest: DropFirst<Parameters<typeof prepareCase>>): Promise<CaseResult> {
  const prepared = await prepareCase(ort, ...rest);
  const result = await runPrepared(prepared);
  await prepared.session.release();
  return result;
}
