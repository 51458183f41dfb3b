/** Checks of the options of the public functions: in JavaScript a misspelt name would be no error, and change nothing. */
import { checkNames } from "./checks.js";
import { OnnxTrainError } from "./errors.js";
import { defaultForms } from "./gradients/forms.js";
import type { TrainerOptions } from "./trainer/trainer.js";
import type { TrainingModelOptions } from "./training-model.js";

const FORMS = {
  convWeights: ["auto", "crossed", "columns", "convolution"],
  convInput: ["auto", "flipped", "transposed"],
};

/** Every option there is; a new one that is missing here does not compile. */
const MODEL: Readonly<Record<keyof TrainingModelOptions, true>> = {
  loss: true,
  optimizer: true,
  trainable: true,
  batchNorm: true,
  dropout: true,
  output: true,
  batchSize: true,
  inputShapes: true,
  externalData: true,
  clipNorm: true,
  emaDecay: true,
  precision: true,
  lossScale: true,
  forms: true,
  channelBlock: true,
};
const TRAINER: Readonly<Record<Exclude<keyof TrainerOptions, keyof TrainingModelOptions>, true>> = {
  ort: true,
  sessionOptions: true,
  checkFirstStep: true,
  seed: true,
};

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
const shown = (value: unknown) => (typeof value === "function" ? "a function" : (JSON.stringify(value) ?? "nothing"));

/** @throws OnnxTrainError for options of a training model that do not exist, or are of another kind. */
export function checkModelOptions(owner: string, options: TrainingModelOptions): void {
  check(owner, options, Object.keys(MODEL));
}

/** The same for those of a trainer; `without` are not the caller's to give. */
export function checkTrainerOptions(
  owner: string,
  options: Omit<TrainerOptions, "ort"> & Partial<Pick<TrainerOptions, "ort">>,
  without: readonly string[] = [],
): void {
  const names = [...Object.keys(TRAINER), ...Object.keys(MODEL)].filter((name) => !without.includes(name));
  check(owner, options, names);
  const { ort, optimizer, seed = 0 } = options;
  if (!without.includes("ort") && !(typeof ort?.InferenceSession?.create === "function" && ort.Tensor)) {
    throw new OnnxTrainError(`${owner}: ort must be onnxruntime-node or onnxruntime-web, got ${shown(ort)}`);
  }
  if (!optimizer) throw new OnnxTrainError("optimizer is missing: pass sgd(...), adam(...), adamw(...) or another");
  if (!Number.isSafeInteger(seed)) throw new OnnxTrainError(`seed must be a whole number, got ${seed}`);
}

function check(owner: string, options: TrainingModelOptions, names: readonly string[]): void {
  checkNames(owner, options, names);
  const { optimizer, trainable, forms, batchSize, inputShapes } = options;
  if (optimizer !== undefined && typeof optimizer?.update !== "function") {
    throw new OnnxTrainError(`optimizer must be made by sgd(...), adam(...) or another, got ${shown(optimizer)}`);
  }
  if (trainable !== undefined && typeof trainable !== "function" && !Array.isArray(trainable)) {
    const given = isObject(trainable) ? `a ${trainable.constructor.name}` : shown(trainable);
    throw new OnnxTrainError(`trainable must be a list of names or a function, got ${given}`);
  }
  if (batchSize !== undefined) checkSize("batchSize", batchSize);
  for (const [name, dims] of Object.entries(inputShapes ?? {})) {
    for (const size of dims) if (typeof size !== "string") checkSize(`inputShapes of "${name}": a size`, size);
  }
  checkNames("forms", forms ?? {}, Object.keys(defaultForms));
  for (const [name, known] of Object.entries(FORMS)) {
    const form = forms?.[name as keyof typeof FORMS];
    if (form !== undefined && !known.includes(form))
      throw new OnnxTrainError(`forms: ${name} must be one of ${known.join(", ")}, got ${shown(form)}`);
  }
}

function checkSize(what: string, size: unknown): void {
  if (!Number.isSafeInteger(size) || Number(size) < 1)
    throw new OnnxTrainError(`${what} must be a whole number from 1 on, got ${size}`);
}
