/** Training on stock onnxruntime. */
import { encodeModel, type OnnxModel } from "@idinit/onnx";
import { OnnxTrainError } from "../errors.js";
import { inputDims, inputType } from "../forward.js";
import { lossOf } from "../losses/index.js";
import { exportBytes, inferenceBytes } from "../model/inference.js";
import { prepareModel } from "../model/prepare.js";
import { TrainingGraph } from "../training-graph.js";
import { assemble, type TrainingModel } from "../training-model.js";
import { checkLabels, type FeedSpec, type Feeds, toTensors } from "./feeds.js";
import type { Tensor } from "./ort.js";
import { Sessions } from "./sessions.js";
import { TrainerState } from "./state.js";
import type { StepResult, Trainer, TrainerOptions } from "./trainer.js";

/**
 * A trainer for an ONNX model: one graph holds forward pass, loss, gradients and update, and any onnxruntime runs it.
 *
 * Batch norm uses the batch's statistics and follows the running ones; dropout is the identity. Sizes that the model
 * leaves open stay open; where gradients need them (`cannot tell which axes broadcast`), set `batchSize` or `inputShapes`.
 *
 * @param model ONNX bytes (opset 13 to 21, float32 weights inside) or the decoded model; it is not changed.
 * @throws OnnxTrainError for a model that cannot be trained; the message names the nodes or tensors.
 * @example
 * const trainer = await createTrainer(bytes, { ort, loss: "softmax-cross-entropy", optimizer: sgd({ lr: 0.1 }) });
 * const { loss } = await trainer.step({ input: x, target: y });
 */
export async function createTrainer(model: Uint8Array | OnnxModel, options: TrainerOptions): Promise<Trainer> {
  const { ort, optimizer } = options;
  if (!optimizer) throw new OnnxTrainError("optimizer is missing: pass sgd(...), adam(...) or adamw(...)");
  const prepared = prepareModel(model);
  const { bytes, info } = assemble(prepared, options);
  const sessions = new Sessions(ort, options.sessionOptions);
  const stepSession = await sessions.get("step", () => bytes);
  const state = new TrainerState(ort, info.state, prepared.tensors);
  const weights = info.state.filter(({ kind }) => kind !== "slot");
  const types = new Map(prepared.model.graph.inputs.map((input) => [input.name, inputType(input)]));
  const specs = (dims: TrainingModelInputs): FeedSpec[] =>
    [...dims].map(([name, own]) => ({ name, type: types.get(name)!, dims: own }));
  const batchSpecs: FeedSpec[] = [...specs(info.inputs), info.target];
  const classes = info.output.dims.at(-1) as number;
  let plain: TrainingModel | undefined;
  let steps = 0;
  let disposed = false;
  let last: Promise<unknown> = Promise.resolve();

  // One call at a time: two sessions running at once are not safe on every provider, and steps depend on each other.
  const queued = <T>(work: () => Promise<T>): Promise<T> => {
    if (disposed) return Promise.reject(new OnnxTrainError("the trainer is disposed"));
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };

  const batchTensors = (batch: Feeds) => {
    const tensors = toTensors(ort, batchSpecs, batch);
    if (info.target.type === "int32") checkLabels(tensors.target!.data as Int32Array, classes);
    return tensors;
  };
  const result = (tensor: Tensor): StepResult => {
    const loss = (tensor.data as Float32Array)[0]!;
    return { loss, diverged: !Number.isFinite(loss) };
  };
  const predict = async (inputs: Record<string, Tensor>) => {
    const session = await sessions.get("predict", () =>
      inferenceBytes(
        prepared,
        weights.map(({ input }) => input),
      ),
    );
    return session.run({ ...inputs, ...state.feeds(weights) });
  };
  const predictSpecs = () => specs(inputDims(prepared, {}));

  return {
    info,
    step: (batch, { lr = optimizer.lr } = {}) =>
      queued(async () => {
        if (!(lr >= 0 && lr < Infinity)) throw new OnnxTrainError(`lr must be in [0, Infinity), got ${lr}`);
        const tensors = batchTensors(batch);
        const scalars = Object.entries(optimizer.scalars(steps + 1, lr)).map(
          ([name, value]) => [name, new ort.Tensor("float32", Float32Array.of(value), [])] as const,
        );
        const results = await stepSession.run({ ...tensors, ...Object.fromEntries(scalars), ...state.feeds() });
        state.advance(results);
        steps++;
        return result(results[info.loss]!);
      }),
    evaluate: (batch) =>
      queued(async () => {
        const { target, ...inputs } = batchTensors(batch);
        const outputs = await predict(inputs);
        const session = await sessions.get("loss", () => lossBytes(options.loss, info.output.dims, prepared.opset));
        const results = await session.run({ output: outputs[info.output.name]!, target: target! });
        return result(results[session.outputNames[0]!]!);
      }),
    predict: (inputs) => queued(async () => ({ ...(await predict(toTensors(ort, predictSpecs(), inputs))) })),
    gradients: (batch) =>
      queued(async () => {
        plain ??= assemble(prepared, { ...options, optimizer: undefined });
        const { bytes: own, info: plainInfo } = plain;
        const session = await sessions.get("gradients", () => own);
        const results = await session.run({ ...batchTensors(batch), ...state.feeds(weights) });
        return new Map([...plainInfo.gradients].map(([name, value]) => [name, results[value]!.data as Float32Array]));
      }),
    parameters: () => queued(async () => state.read("parameter")),
    runningStatistics: () => queued(async () => state.read("running")),
    loadParameters: (values) => queued(async () => state.write(values, ["parameter", "running"])),
    optimizerState: () => queued(async () => ({ step: steps, slots: state.read("slot") })),
    loadOptimizerState: ({ step, slots }) =>
      queued(async () => {
        if (!Number.isSafeInteger(step) || step < 0)
          throw new OnnxTrainError(`step must be an integer >= 0, got ${step}`);
        state.write(slots, ["slot"]);
        steps = step;
      }),
    export: () => queued(async () => exportBytes(prepared, state.read("parameter", "running"))),
    async dispose() {
      if (disposed) return;
      disposed = true;
      await last;
      await sessions.release();
    },
  };
}

type TrainingModelInputs = ReadonlyMap<string, readonly (number | string)[]>;

/** A graph of the loss alone, for outputs that are there already. */
function lossBytes(name: TrainerOptions["loss"], dims: readonly (number | string)[], opset: number): Uint8Array {
  const g = new TrainingGraph(opset, 8, "loss");
  const loss = lossOf(name);
  const output = g.input("output", "float32", dims);
  const target = g.input("target", loss.targetType, loss.targetDims(dims));
  g.builder.output(loss.build(g, output, target).loss, "float32", []);
  return encodeModel(g.builder.build());
}
