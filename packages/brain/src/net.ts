/** The shapes of brain.js networks that this package relies on, told by their parts: no run-time import of brain.js is needed. */
import { IdinitError } from "@idinit/core";
import type { FeedForward, NeuralNetwork, NeuralNetworkGPU, recurrent } from "brain.js";

/** Networks that can be initialized: dense, `FeedForward`, and `recurrent.*` with their time-step variants. */
export type BrainNet =
  // biome-ignore lint/suspicious/noExplicitAny: brain.js types inputs and outputs; their kinds do not matter here
  | NeuralNetwork<any, any>
  // biome-ignore lint/suspicious/noExplicitAny: as above
  | NeuralNetworkGPU<any, any>
  // biome-ignore lint/suspicious/noExplicitAny: as above
  | FeedForward<any, any>
  | InstanceType<typeof recurrent.RNN>
  | InstanceType<typeof recurrent.LSTM>
  | InstanceType<typeof recurrent.GRU>
  | InstanceType<typeof recurrent.RNNTimeStep>
  | InstanceType<typeof recurrent.LSTMTimeStep>
  | InstanceType<typeof recurrent.GRUTimeStep>;

/** A stored array: plain rows, or a GPU texture after training. */
export type Stored = ArrayLike<number> | readonly ArrayLike<number>[] | Texture;

interface Texture {
  toArray(): ArrayLike<number> | readonly ArrayLike<number>[];
  delete?(): void;
}

/** `NeuralNetwork` and `NeuralNetworkGPU`: `weights[layer][node]` holds the weights into a node, layer 0 is empty. */
export interface DenseNet {
  sizes: number[];
  outputLayer: number;
  weights: Stored[];
  biases: Stored[];
  trainOpts: { activation: string };
  initialize(): void;
}

/** One layer of a `FeedForward` net. Trainable arrays are layers of their own (`Random`, `Zeros`). */
export interface LayerNode {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  weights: Stored;
  readonly inputLayer?: LayerNode;
  readonly inputLayer1?: LayerNode;
  readonly inputLayer2?: LayerNode;
}

export interface LayeredNet {
  layers: LayerNode[] | null;
  /** The trainable layers; null before `initialize()`. */
  _model: LayerNode[] | null;
  initialize(): void;
}

export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly weights: Float32Array;
}

/** `recurrent.*`. `input` is missing in the time-step nets, which read numbers and not tokens. */
export interface RecurrentNet {
  model: {
    isInitialized: boolean;
    input?: Matrix;
    hiddenLayers: Record<string, Matrix>[];
    outputConnector: Matrix;
    output: Matrix;
  };
  options: { dataFormatter?: { characters: readonly unknown[] } | null };
  initialize(): void;
}

/** A network with its kind known. */
export type Known =
  | { readonly kind: "dense"; readonly net: DenseNet }
  | { readonly kind: "layered"; readonly net: LayeredNet }
  | { readonly kind: "recurrent"; readonly net: RecurrentNet };

/**
 * Tells what a network is.
 *
 * @throws IdinitError for `Recurrent` (its layers are rebuilt for every input length) and for anything that is no brain.js net.
 */
export function recognise(net: BrainNet): Known {
  const parts = (typeof net === "object" && net !== null ? net : {}) as unknown as Record<string, unknown>;
  if ("_layerSets" in parts) {
    throw new IdinitError(
      "brain: Recurrent is not supported, as it rebuilds its layers in training; use recurrent.RNN, LSTM or GRU",
    );
  }
  if (Array.isArray(parts.sizes) && Array.isArray(parts.biases))
    return { kind: "dense", net: net as unknown as DenseNet };
  if ("_model" in parts && "layers" in parts) return { kind: "layered", net: net as unknown as LayeredNet };
  const model = parts.model;
  if (typeof model === "object" && model !== null && "outputConnector" in model) {
    return { kind: "recurrent", net: net as unknown as RecurrentNet };
  }
  throw new IdinitError(
    "brain: expected a NeuralNetwork, NeuralNetworkGPU, FeedForward or recurrent.* network of brain.js 2",
  );
}

/** Whether the net holds weights yet; brain.js makes them in `initialize()` or in the first `train()`. */
export function isBuilt({ kind, net }: Known): boolean {
  if (kind === "dense") return net.outputLayer > 0;
  return kind === "layered" ? net._model !== null : net.model.isInitialized;
}

/**
 * Lets brain.js make the net's arrays, where it has none yet.
 *
 * @param sizes Layer sizes of a dense net that was made without them: `[inputs, ...hidden, outputs]`.
 * @throws IdinitError where the sizes are not known before training; the message says what to pass.
 */
export function build(known: Known, sizes?: readonly number[]): void {
  const { kind, net } = known;
  if (sizes !== undefined) setSizes(known, sizes);
  if (isBuilt(known)) return;
  if (kind === "dense" && net.sizes.length < 2) {
    throw new IdinitError(
      "brain: the network's sizes are not known before training: construct it with inputSize, hiddenLayers and outputSize, or pass sizes, such as { sizes: [4, 16, 3] }",
    );
  }
  if (kind === "recurrent" && "input" in net.model && net.options.dataFormatter?.characters.length === 0) {
    throw new IdinitError(
      "brain: the network does not know its characters before training: construct it with dataFormatter: new utilities.DataFormatter(trainingData), or call its initialize() for inputSize tokens",
    );
  }
  net.initialize();
}

function setSizes({ kind, net }: Known, sizes: readonly number[]): void {
  if (kind !== "dense") throw new IdinitError("brain: the option sizes is for NeuralNetwork and NeuralNetworkGPU only");
  if (sizes.length < 2 || sizes.some((size) => !Number.isInteger(size) || size < 1)) {
    throw new IdinitError(`brain: sizes must be two or more integers >= 1, got [${sizes}]`);
  }
  if (net.sizes.length === 0) net.sizes = [...sizes];
  else if (net.sizes.join() !== sizes.join()) {
    throw new IdinitError(`brain: the network has the sizes [${net.sizes}] and not [${sizes}]`);
  }
}
