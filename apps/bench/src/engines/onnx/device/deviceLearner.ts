/** A network that trains on a device of onnxruntime: parameters and optimizer state never leave it. */
import { IdinitError } from "@idinit/core";
import { buildTrainingModel, type LoweringTable, lower, type Ort } from "@idinit/onnx-train";
import type { InferenceSession, Tensor } from "onnxruntime-common";
import { type Architecture, inputShape } from "../../../architectures/index.js";
import { inputType, toOnnx } from "../../../architectures/onnx/toOnnx.js";
import { explainGpuError } from "../../../gpu/explainGpuError.js";
import type { Batch, Learner, LearnerOptions } from "../../engine.js";
import { checkBatch, checkInputs } from "../checkBatch.js";
import { optimizerOf } from "../optimizerOf.js";
import { disagreement } from "./agreement.js";
import { createDeviceState, free } from "./deviceState.js";
import { createDownload, type Download } from "./download.js";
import { inferenceModel } from "./inferenceModel.js";

export interface Device {
  readonly ort: Ort;
  readonly sessionOptions: InferenceSession.SessionOptions;
  /** Where results may stay: `"gpu-buffer"`, or `"cpu"` for providers whose tensors JavaScript cannot hold. */
  readonly location: "gpu-buffer" | "cpu";
  /** What has to be written otherwise for this provider. */
  readonly lowering: LoweringTable;
  /** The provider that the first step is compared with. */
  readonly reference: "cpu" | "wasm";
}

/**
 * Builds the training step on the device.
 *
 * The first step is computed on the CPU as well, and one that does not agree is an error: wrong numbers from GPU kernels
 * are a known kind of bug.
 */
export async function deviceLearner(
  device: Device,
  architecture: Architecture,
  weights: ReadonlyMap<string, Float32Array>,
  { optimizer: spec, batchSize }: LearnerOptions,
): Promise<Learner> {
  const { ort, sessionOptions, location, lowering, reference } = device;
  const optimizer = optimizerOf(spec, architecture);
  const model = toOnnx(architecture, { weights });
  const { bytes, info } = buildTrainingModel(model, { loss: "softmax-cross-entropy", optimizer, batchSize });
  const state = createDeviceState(ort, info.state, weights);
  const opened: { release(): Promise<void> }[] = [];
  const open = async <T extends { release(): Promise<void> }>(made: Promise<T>): Promise<T> => {
    const session = await made;
    opened.push(session);
    return session;
  };
  const stays = Object.fromEntries(
    [info.loss, ...info.state.map(({ output }) => output)].map((name) => [name, location]),
  );
  const session = await open(
    ort.InferenceSession.create(lower(bytes, lowering), { ...sessionOptions, preferredOutputLocation: stays }),
  );
  const lossReader = await open(createDownload(ort, [[]], sessionOptions));
  let stateReader: Promise<Download> | undefined;
  let logitsSession: Promise<InferenceSession> | undefined;
  let steps = 0;
  let last: Promise<unknown> = Promise.resolve();

  // Two sessions running at once can end the process.
  const queued = <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(work).catch((error) => {
      throw error instanceof IdinitError ? error : explainGpuError(error);
    });
    last = result.catch(() => undefined);
    return result;
  };

  async function update(batch: Batch, learningRate: number): Promise<Tensor> {
    checkBatch(architecture, batch, batchSize);
    const { inputs, labels } = batch;
    const scalars = Object.entries(
      optimizer.scalars({ step: steps + 1, lr: learningRate, weightDecay: spec.weightDecay }),
    );
    const feeds = {
      input: new ort.Tensor(inputType(architecture.input), inputs, [batchSize, ...inputShape(architecture.input)]),
      target: new ort.Tensor("int32", labels, [batchSize]),
      ...Object.fromEntries(
        scalars.map(([name, value]) => [name, new ort.Tensor("float32", Float32Array.of(value), [])]),
      ),
      ...state.feeds(),
    };
    const results = await session.run(feeds);
    state.advance(results);
    if (steps++ === 0) await check(feeds);
    return results[info.loss]!;
  }

  /** Compares the first step with the CPU's, before its results are used for anything. */
  async function check(feeds: Record<string, Tensor>): Promise<void> {
    const slots = info.state.filter(({ kind }) => kind === "slot");
    const compared = slots.length > 0 ? slots : info.state;
    const plain = await ort.InferenceSession.create(bytes, { executionProviders: [reference] });
    const expected = await plain.run(feeds);
    await plain.release();
    const actual = await readState();
    const wrong = disagreement(
      new Map(compared.map(({ input, output }) => [input, expected[output]!.data as Float32Array])),
      actual,
    );
    if (wrong) throw new IdinitError(`${architecture.name}: the device's first step is not the CPU's: ${wrong}`);
  }

  async function readState(): Promise<Map<string, Float32Array>> {
    stateReader ??= open(
      createDownload(
        ort,
        info.state.map(({ dims }) => dims),
        sessionOptions,
      ),
    );
    const feeds = state.feeds();
    const values = await (await stateReader).read(info.state.map(({ input }) => feeds[input]!));
    return new Map(info.state.map(({ input }, i) => [input, values[i]!]));
  }

  return {
    step: (batch, learningRate) =>
      queued(async () => {
        const loss = await update(batch, learningRate);
        const [value] = await lossReader.read([loss]);
        free(loss);
        return value![0]!;
      }),
    advance: (batch, learningRate) => queued(async () => free(await update(batch, learningRate))),
    logits: (inputs, size) =>
      queued(async () => {
        checkInputs(architecture, inputs, size);
        const inference = () => inferenceModel(toOnnx(architecture, { weights, training: false }), info.state);
        logitsSession ??= open(ort.InferenceSession.create(inference(), sessionOptions));
        const input = new ort.Tensor(inputType(architecture.input), inputs, [size, ...inputShape(architecture.input)]);
        const outputs = await (await logitsSession).run({ input, ...state.feeds("parameter", "running") });
        return Float32Array.from(outputs[architecture.output]!.data as Float32Array);
      }),
    weights: () =>
      queued(async () => {
        const values = await readState();
        for (const { input, kind } of info.state) if (kind === "slot") values.delete(input);
        return values;
      }),
    async dispose() {
      await last;
      state.dispose();
      for (const one of opened.splice(0)) await one.release();
    },
  };
}
