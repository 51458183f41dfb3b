/** The shapes of brain.js networks that this package relies on, told by their parts: no run-time import of brain.js is needed. */
import { IdinitError } from "@idinit/core";
import type { AE, FeedForward, NeuralNetwork, NeuralNetworkGPU, Recurrent, recurrent } from "brain.js";

/** Networks that can be initialized: dense ones, autoencoders, `FeedForward`, `Recurrent`, and `recurrent.*` with their time-step variants. */
export type BrainNet =
  // biome-ignore lint/suspicious/noExplicitAny: brain.js types inputs and outputs; their kinds do not matter here
  | NeuralNetwork<any, any>
  // biome-ignore lint/suspicious/noExplicitAny: as above
  | NeuralNetworkGPU<any, any>
  // biome-ignore lint/suspicious/noExplicitAny: as above
  | FeedForward<any, any>
  // biome-ignore lint/suspicious/noExplicitAny: as above
  | AE<any, any>
  // biome-ignore lint/suspicious/noExplicitAny: as above
  | Recurrent<any>
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
  /** `decodedSize` is that of an autoencoder, which hands its options on. */
  options: { hiddenLayers?: readonly number[]; decodedSize?: number };
  /** Sets the tables of keys where inputs or outputs are objects. */
  formatData(data: readonly unknown[]): unknown;
  initialize(): void;
}

/** An autoencoder: one dense net, from whose second half `train()` makes the decoder. */
export interface AutoEncoder {
  denoiser: DenseNet;
  decoder: unknown;
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

/** `FeedForward`, and `Recurrent` where it has `_layerSets`: one copy of the layers per time step, all with the same trainable layers. */
export interface LayeredNet {
  readonly _layerSets?: readonly (readonly LayerNode[])[];
  /** Where in `layers` each hidden layer ends; only in `Recurrent`. */
  readonly _hiddenLayerOutputIndices?: readonly number[];
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

/** The table of characters of a net that reads text. */
export interface DataFormatter {
  readonly characters: readonly unknown[];
  readonly isSetup: boolean;
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
  options: {
    dataFormatter?: DataFormatter | null;
    inputSize: number;
    outputSize: number;
  };
  initialize(): void;
}

/** Time-step nets. */
export interface TimeStepNet extends RecurrentNet {
  inputLookup: unknown;
  inputLookupLength: number;
  outputLookup: unknown;
  outputLookupLength: number;
  setSize(data: readonly unknown[]): void;
  /** Sequences of steps. */
  formatData(data: readonly unknown[]): readonly (readonly ArrayLike<number>[])[];
}

/** A network with its kind known. */
export type Known =
  | { readonly kind: "dense"; readonly net: DenseNet; readonly autoencoder?: AutoEncoder }
  | { readonly kind: "layered"; readonly net: LayeredNet }
  | { readonly kind: "recurrent"; readonly net: RecurrentNet };

/**
 * Tells what a network is.
 *
 * @throws IdinitError for anything that is no brain.js net.
 */
export function recognise(net: BrainNet): Known {
  const parts = (typeof net === "object" && net !== null ? net : {}) as unknown as Record<string, unknown>;
  const { denoiser, model } = parts;
  if (isObject(denoiser)) {
    return { ...recognise(denoiser as unknown as BrainNet), autoencoder: parts as unknown as AutoEncoder } as Known;
  }
  if (Array.isArray(parts.sizes) && Array.isArray(parts.biases))
    return { kind: "dense", net: net as unknown as DenseNet };
  if ("_model" in parts && "layers" in parts) return { kind: "layered", net: net as unknown as LayeredNet };
  if (isObject(model) && "outputConnector" in model) {
    return { kind: "recurrent", net: net as unknown as RecurrentNet };
  }
  throw new IdinitError(
    "brain: expected a NeuralNetwork, NeuralNetworkGPU, AE, FeedForward, Recurrent or recurrent.* network of brain.js 2",
  );
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

/** Whether the net holds weights yet; brain.js makes them in `initialize()` or in the first `train()`. */
export function isBuilt({ kind, net }: Known): boolean {
  if (kind === "dense") return net.outputLayer > 0;
  return kind === "layered" ? net._model !== null : net.model.isInitialized;
}
