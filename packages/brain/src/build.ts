/** Makes the arrays of a network that has none yet. */
import { IdinitError } from "@idinit/core";
import { type DataFormatter, isBuilt, type Known, type RecurrentNet, type TimeStepNet } from "./net.js";
import { type Dense, knownSizes, sizesOfData } from "./sizes.js";

/** Where sizes come from that the options of the network do not tell. */
export interface Sources {
  /** Layer sizes `[inputs, ...hidden, outputs]` of a dense net that was made without them. */
  readonly sizes?: readonly number[];
  /** The training data, as `train()` takes it. It is looked at, not trained on. */
  readonly data?: readonly unknown[];
}

/**
 * Lets brain.js make the net's arrays, where it has none yet.
 *
 * @throws IdinitError where the sizes are not known before training; the message says what to pass.
 */
export function build(known: Known, { sizes, data }: Sources = {}): void {
  if (data !== undefined && (!Array.isArray(data) || data.length === 0)) {
    throw new IdinitError("brain: data must be a list with one entry or more, as train() takes it");
  }
  if (sizes !== undefined && known.kind !== "dense")
    throw new IdinitError("brain: the option sizes is for NeuralNetwork, NeuralNetworkGPU and AE only");
  if (known.kind === "dense") buildDense(known, sizes, data);
  else if (known.kind === "layered") {
    if (data !== undefined) {
      throw new IdinitError("brain: the layers of FeedForward and Recurrent have sizes of their own; leave out data");
    }
    if (!isBuilt(known)) known.net.initialize();
  } else if (isBuilt(known)) {
    if (data !== undefined)
      throw new IdinitError("brain: the recurrent network has its weights already; leave out data");
  } else if ("input" in known.net.model) buildText(known.net, data);
  else buildTimeStep(known.net as TimeStepNet, data);
}

function buildDense(known: Dense, given: readonly number[] | undefined, data: readonly unknown[] | undefined): void {
  const { net } = known;
  if (given !== undefined && (given.length < 2 || given.some((size) => !Number.isInteger(size) || size < 1))) {
    throw new IdinitError(`brain: sizes must be two or more integers >= 1, got [${given}]`);
  }
  const fromData = data === undefined ? [] : sizesOfData(known, data);
  const sizes = [knownSizes(known), given ?? [], fromData].find(({ length }) => length > 0);
  if (sizes === undefined) {
    throw new IdinitError(
      "brain: the network's sizes are not known before training: construct it with inputSize, hiddenLayers and outputSize, or pass sizes, such as { sizes: [4, 16, 3] }, or the training data, { data }",
    );
  }
  if (given !== undefined) checkSame(sizes, given, "");
  if (data !== undefined)
    checkSame(sizes, [fromData[0] as number, ...sizes.slice(1, -1), fromData.at(-1) as number], ", as the data need");
  const [inputs = 0, units = 0] = sizes;
  if (known.autoencoder !== undefined && sizes.at(-1) !== inputs) {
    throw new IdinitError(
      `brain: layer${sizes.length - 1}: an autoencoder has as many outputs as inputs, got the sizes [${sizes}]`,
    );
  }
  if ("texturizeInputData" in net && units < inputs) {
    throw new IdinitError(
      `brain: layer1 has ${units} units for ${inputs} inputs: brain.js trains a network on gpu.js only on as many inputs as layer1 has units, and its weights become NaN; make layer1 as wide as the input, or use NeuralNetwork`,
    );
  }
  if (isBuilt(known)) return;
  net.sizes = [...sizes];
  if (data !== undefined && known.autoencoder === undefined) net.formatData(data);
  net.initialize();
}

function checkSame(sizes: readonly number[], other: readonly number[], why: string): void {
  const wrong = Array.from({ length: Math.max(sizes.length, other.length) }, (_, i) => i).find(
    (i) => sizes[i] !== other[i],
  );
  if (wrong === undefined) return;
  throw new IdinitError(
    `brain: layer${Math.max(wrong, 1)}: the network has the sizes [${sizes}] and not [${other}]${why}`,
  );
}

/** A net that reads tokens: its table has one row for each character in the data. */
function buildText(net: RecurrentNet, data: readonly unknown[] | undefined): void {
  const { options } = net;
  const formatter = options.dataFormatter;
  if (data !== undefined) {
    if (!formatter || formatter.isSetup)
      throw new IdinitError("brain: input: the network has a dataFormatter that is set up already; leave out data");
    if (data.every((entry) => Array.isArray(entry) && typeof entry[0] === "number")) {
      throw new IdinitError(
        "brain: input: brain.js reads lists of numbers as characters before its tables are set up and as indices after; pass strings or lists of strings",
      );
    }
    // A formatter of its own, so that a failure leaves the network's as it was.
    const make = formatter.constructor as new (values: readonly unknown[]) => DataFormatter;
    options.dataFormatter = attempt("input", () => new make(data));
  } else if (formatter?.characters.length === 0) {
    throw new IdinitError(
      "brain: input: the network does not know its characters before training: pass the training data, { data }, construct it with dataFormatter: new utilities.DataFormatter(trainingData), or call its initialize() for inputSize tokens",
    );
  }
  net.initialize();
}

/** A net that reads numbers: brain.js takes the sizes from the data where both are 1, their default. */
function buildTimeStep(net: TimeStepNet, data: readonly unknown[] | undefined): void {
  const { options, inputLookup, inputLookupLength, outputLookup, outputLookupLength } = net;
  try {
    if (data !== undefined) {
      if (options.inputSize === 1 && options.outputSize === 1) attempt("hidden0", () => net.setSize(data));
      const sequences = attempt("hidden0", () => net.formatData(data));
      checkSteps(sequences, net.options.inputSize);
    }
    if (net.options.inputSize !== net.options.outputSize) {
      throw new IdinitError(
        `brain: outputConnector: a time-step network predicts its next input, so outputSize must be inputSize, ${net.options.inputSize}, got ${net.options.outputSize}`,
      );
    }
  } catch (error) {
    Object.assign(net, { options, inputLookup, inputLookupLength, outputLookup, outputLookupLength });
    throw error;
  }
  net.initialize();
}

function checkSteps(sequences: ReturnType<TimeStepNet["formatData"]>, size: number): void {
  sequences.forEach((steps, i) => {
    const wrong = steps.findIndex((step) => step.length !== size || Array.from(step).some((x) => !Number.isFinite(x)));
    if (wrong < 0) return;
    throw new IdinitError(
      `brain: hidden0: step ${wrong} of data[${i}] must be ${size} finite numbers, got [${Array.from(steps[wrong] as ArrayLike<number>)}]`,
    );
  });
}

/** What brain.js says about data it cannot read, as an error of ours. */
function attempt<T>(parameter: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new IdinitError(`brain: ${parameter}: brain.js cannot read the data: ${(error as Error).message}`);
  }
}
