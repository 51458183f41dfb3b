/** Training on stock onnxruntime. */
import type { OnnxModel } from "@idinit/onnx";
import { readCheckpoint, writeCheckpoint } from "../checkpoint/checkpoint.js";
import { checkNames } from "../checks.js";
import { OnnxTrainError } from "../errors.js";
import { inputDims, inputType } from "../forward.js";
import { lossOf } from "../losses/index.js";
import { SKIPPED } from "../mixed/loss-scaling.js";
import { exportBytes } from "../model/inference.js";
import { prepareModel } from "../model/prepare.js";
import { averageOf, scalarValues } from "../optimizers/apply.js";
import { checkTrainerOptions } from "../options.js";
import type { Dim } from "../shapes/dims.js";
import { assemble, type TrainingModel } from "../training-model.js";
import { findChannelBlock } from "./channel-block.js";
import { checkNumbers, type FeedSpec, type Feeds, toTensors } from "./feeds.js";
import { checkFirstStep } from "./first-step.js";
import { requireFloat16 } from "./float16.js";
import { Inference } from "./inference.js";
import type { Tensor } from "./ort.js";
import { PartsStep, scalarTensor } from "./parts.js";
import { queue } from "./queue.js";
import { ratesOf, type StepOptions } from "./rates.js";
import { stepSeed } from "./seed.js";
import { Sessions } from "./sessions.js";
import { TrainerState } from "./state.js";
import { dropTold, readTold, type Told, toldAlready, toldBy, toldNames, withDivergence } from "./told.js";
import type { Trainer, TrainerOptions, WeightsOptions } from "./trainer.js";

/** What a checkpoint holds. */
const STATE = ["parameter", "running", "slot", "average", "scaling"] as const;

/**
 * A trainer for an ONNX model: one graph holds forward pass, loss, gradients and update, and any onnxruntime runs it.
 *
 * Batch norm uses the batch's statistics and follows the running ones; dropout drops. Sizes that the model
 * leaves open stay open; where gradients need them, the error says so: set `batchSize` or `inputShapes`.
 *
 * @param source ONNX bytes (opset 13 to 25, float32 weights inside) or the decoded model; it is not changed.
 * @throws OnnxTrainError for a model that cannot be trained; the message names the nodes or tensors. For options that do not exist
 *   or make no sense. For mixed precision on a device without float16.
 * @example
 * const trainer = await createTrainer(bytes, { ort, loss: "softmax-cross-entropy", optimizer: sgd({ lr: 0.1 }) });
 * const { loss } = await trainer.step({ input: x, target: y });
 */
export async function createTrainer(source: Uint8Array | OnnxModel, given: TrainerOptions): Promise<Trainer> {
  checkTrainerOptions("createTrainer", given);
  const { ort, optimizer, seed = 0 } = given;
  const prepared = prepareModel(source, given);
  const mixed = given.precision === "mixed";
  const channelBlock = given.channelBlock ?? (mixed ? 0 : await findChannelBlock(ort, given.sessionOptions));
  const options = { ...given, channelBlock };
  const model = assemble(prepared, options);
  const { info } = model;
  const sessions = new Sessions(ort, options.sessionOptions);
  if (mixed) await requireFloat16(ort, sessions, options.sessionOptions);
  const kept = [...toldNames(info), ...info.state.map(({ output }) => output)];
  const stepSession = await sessions.get("step", () => model.bytes, kept);
  const state = new TrainerState(ort, sessions, info.state, prepared.tensors, optimizer.start ?? 0);
  const inference = new Inference(prepared, options.loss, info, sessions);
  const parts = new PartsStep(prepared, options, sessions, state);
  const key = { optimizer, entries: info.state };
  const types = new Map(prepared.model.graph.inputs.map((input) => [input.name, inputType(input)]));
  const specs = (dims: ReadonlyMap<string, readonly Dim[]>): FeedSpec[] =>
    [...dims].map(([name, own]) => ({ name, type: types.get(name)!, dims: own }));
  const batchSpecs = [...specs(info.inputs), ...(info.target ? [info.target] : [])];
  const loss = lossOf(options.loss);
  const { queued, close } = queue();
  const unread: Told[] = [];
  let plain: TrainingModel | undefined;
  let steps = 0;
  let unchecked = sessions.placement.foreign && (given.checkFirstStep ?? true) ? model : undefined;

  // A model that asks for it means to be given what is no number.
  const asksForNaN = prepared.model.graph.nodes.some(({ domain, opType }) => domain === "" && opType === "IsNaN");
  const batchTensors = (batch: Feeds) => {
    const tensors = toTensors(ort, batchSpecs, batch);
    if (!asksForNaN) checkNumbers(tensors);
    if (info.target) {
      loss.checkTarget?.(tensors[info.target.name]!.data as ArrayLike<number>, info.output.dims);
    }
    return tensors;
  };
  /** Masks depend on the seed, the step and the part of the batch only, so that a resumed run draws the same ones. */
  const seedTensor = (part = 0) =>
    info.seed ? { [info.seed]: new ort.Tensor("uint32", Uint32Array.of(stepSeed(seed, steps, part)), []) } : {};
  const trainingTensors = (batch: Feeds, part?: number) => ({ ...batchTensors(batch), ...seedTensor(part) });
  const weights = ({ averaged = false }: WeightsOptions = {}) => {
    if (averaged) checkAveraged();
    const own = state.feeds(state.of("parameter", "running"));
    return averaged ? { ...own, ...state.averageFeeds() } : own;
  };
  /** Of the steps that were taken; the graph counts them, so that nothing waits for it. */
  const skippedSteps = async () => (await state.read("scaling")).get(SKIPPED)?.[0] ?? 0;
  const checkAveraged = () => {
    if (options.emaDecay === undefined) throw new OnnxTrainError("averages need a trainer made with emaDecay");
  };

  const advance = async (batch: Feeds | readonly Feeds[], given: StepOptions = {}): Promise<Told> => {
    const values = Object.entries(scalarValues(options, ratesOf(options, steps + 1, given)));
    const scalars = Object.fromEntries(values.map(([name, value]) => [name, scalarTensor(ort, value)]));
    if (Array.isArray(batch)) {
      if (batch.length === 0) throw new OnnxTrainError("a batch in parts needs one part at least, got none");
      const result = await parts.run(batch.map(trainingTensors), scalars);
      steps++;
      return toldAlready(result);
    }
    const feeds = { ...trainingTensors(batch as Feeds), ...scalars, ...state.feeds() };
    const results: Readonly<Record<string, Tensor>> = await stepSession.run(feeds);
    if (unchecked) {
      try {
        const checked = await checkFirstStep(ort, sessions, unchecked, feeds, results);
        if (checked) unchecked = undefined;
      } catch (error) {
        for (const tensor of Object.values(results)) tensor.dispose();
        throw error;
      }
    }
    state.advance(info.state, results);
    steps++;
    return toldBy(info, results);
  };

  return {
    info,
    step: (batch, given) => queued(async () => (await readTold(sessions, [await advance(batch, given)]))[0]!),
    advance: (batch, given) => queued(async () => dropTold([await advance(batch, given)])),
    enqueue: (batch, given) => queued(async () => void unread.push(await advance(batch, given))),
    results: () => queued(() => readTold(sessions, unread.splice(0))),
    evaluate: (batch, given) =>
      queued(async () => withDivergence({ loss: await inference.lossOf(batchTensors(batch), weights(given)) })),
    predict: (inputs, given) =>
      queued(() => inference.outputs(toTensors(ort, specs(inputDims(prepared, {})), inputs), weights(given))),
    gradients: (batch) =>
      queued(async () => {
        const update = { optimizer: undefined, clipNorm: undefined, emaDecay: undefined };
        plain ??= assemble(prepared, { ...options, ...update, precision: "float32", lossScale: undefined });
        const { bytes: own, info: plainInfo } = plain;
        const session = await sessions.get("gradients", () => own);
        const results: Readonly<Record<string, Tensor>> = await session.run({
          ...trainingTensors(batch),
          ...weights(),
        });
        return new Map([...plainInfo.gradients].map(([name, value]) => [name, results[value]!.data as Float32Array]));
      }),
    parameters: () => queued(async () => state.read("parameter")),
    averages: () =>
      queued(async () => {
        checkAveraged();
        return state.readAverages();
      }),
    runningStatistics: () => queued(async () => state.read("running")),
    loadParameters: (values) =>
      queued(async () => {
        state.write(values, ["parameter", "running"]);
        const loaded = [...values].map(([name, value]) => [averageOf(name), value] as const);
        const averages = new Set(state.of("average").map(({ input }) => input));
        state.write(new Map(loaded.filter(([name]) => averages.has(name))), ["average"]);
      }),
    optimizerState: () =>
      queued(async () => ({ step: steps - (await skippedSteps()), slots: await state.read("slot") })),
    loadOptimizerState: (copied) =>
      queued(async () => {
        checkNames("optimizer state", copied, ["step", "slots"]);
        const { step: done, slots } = copied;
        if (!Number.isSafeInteger(done) || done < 0)
          throw new OnnxTrainError(`step must be an integer >= 0, got ${done}`);
        const skipped = await skippedSteps();
        state.write(slots, ["slot"]);
        steps = done + skipped;
      }),
    checkpoint: () =>
      queued(async () => {
        const values = await state.read(...STATE);
        return writeCheckpoint({ step: steps - (await skippedSteps()), values }, key);
      }),
    restore: (checkpoint) =>
      queued(async () => {
        const { step: done, values } = readCheckpoint(checkpoint, key);
        state.write(values, STATE);
        steps = done + (await skippedSteps());
      }),
    export: ({ averaged = false } = {}) =>
      queued(async () => {
        if (averaged) checkAveraged();
        const values = await state.read("parameter", "running");
        return exportBytes(prepared, averaged ? new Map([...values, ...(await state.readAverages())]) : values);
      }),
    dispose: () =>
      close(async () => {
        // Tensors on a device belong to the session that made them, and must go first.
        state.dispose();
        dropTold(unread.splice(0));
        await sessions.release();
      }),
  };
}
