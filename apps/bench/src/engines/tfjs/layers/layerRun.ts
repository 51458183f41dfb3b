/** The contract between the learner and the layers: a forward pass that knows its own backward pass. */
import type { Tensor } from "@tensorflow/tfjs-core";

/** What one layer computed. */
export interface LayerRun {
  readonly output: Tensor;
  /** What `backward` reads beside the layer's inputs and output; freed once it has run. */
  readonly saved?: readonly Tensor[];
  /**
   * Gradients of the loss from that of the output. Frees nothing; `inputs` in the order of the layer's inputs, nothing for
   * one that `wanted` leaves out.
   */
  backward(gradient: Tensor, wanted: readonly boolean[]): LayerGradients;
}

export interface LayerGradients {
  readonly inputs: readonly (Tensor | undefined)[];
  /** By the parameter's suffix, such as `"weight"`. */
  readonly parameters?: Readonly<Record<string, Tensor>>;
}

/** What a layer may read and write beside its inputs. */
export interface LayerContext {
  readonly training: boolean;
  /** A parameter of the layer by its suffix, in the layout of `layout.ts`. */
  parameter(suffix: string): Tensor;
  /** Replaces a running statistic. */
  update(suffix: string, value: Tensor): void;
  /** Of a network on token ids: 1 for a token, 0 for padding, `[batch, tokens]`. */
  readonly mask?: Tensor;
}
