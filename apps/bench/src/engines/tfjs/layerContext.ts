import type { Tensor, Variable } from "@tensorflow/tfjs";

/** What a layer reads beside its inputs. */
export interface LayerContext {
  readonly training: boolean;
  /** A parameter or running statistic of the layer by its suffix, in the layout of `layout.ts`. */
  parameter(suffix: string): Variable;
  /** Of a network on token ids: 1 for a token, 0 for padding, `[batch, tokens]`. */
  readonly mask?: Tensor;
}
