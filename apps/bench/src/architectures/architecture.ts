/**
 * The neutral description of a network: one value feeds every engine. Layers are in forward order, images are
 * channels first, kernels are canonical (`[out, in, ...spatial]`), parameter names follow PyTorch's habit
 * (`<layer>.weight`, `<layer>.bias`, `<layer>.running_mean`, `<layer>.running_var`).
 */

export type InputSpec =
  | { readonly kind: "vector"; readonly features: number }
  | { readonly kind: "image"; readonly channels: number; readonly height: number; readonly width: number }
  /** Token ids, int32, `[batch, length]`; id 0 is padding and is masked wherever a layer says so. */
  | { readonly kind: "tokens"; readonly length: number; readonly vocabulary: number };

/** What one layer does. Shapes: B batch, C channels, H W image, T tokens, D width. */
export type LayerSpec =
  /** `[B, features] -> [B, out]` or `[B, T, D] -> [B, T, out]`; weight `[out, in]`. */
  | { readonly op: "dense"; readonly out: number; readonly bias: boolean }
  /** `[B, C, H, W] -> [B, out, H', W']`; weight `[out, in / groups, kernel, kernel]`, symmetric padding. */
  | {
      readonly op: "conv";
      readonly out: number;
      readonly kernel: number;
      readonly stride: number;
      readonly padding: number;
      readonly groups: number;
      readonly bias: boolean;
    }
  /** Over B, H, W; training uses batch statistics; `running = (1 - momentum) * running + momentum * batch` (population variance). */
  | { readonly op: "batchNorm"; readonly epsilon: number; readonly momentum: number }
  /** Over the last axis. */
  | { readonly op: "layerNorm"; readonly epsilon: number }
  | { readonly op: "activation"; readonly kind: "relu" | "tanh" | "gelu" }
  /** Times one learnable number: weight `[1]`, which starts at 1. */
  | { readonly op: "multiplier" }
  /** Plus one learnable number: bias `[1]`, which starts at 0. */
  | { readonly op: "shift" }
  /** Times a constant. */
  | { readonly op: "amplify"; readonly factor: number }
  /** Sum of two inputs of equal shape. */
  | { readonly op: "add" }
  /** Parameter-free shortcut: every `stride`-th row and column, new channels filled with zeros, split evenly before and after. */
  | { readonly op: "zeroPadShortcut"; readonly stride: number; readonly out: number }
  | { readonly op: "averagePool"; readonly kernel: number; readonly stride: number }
  /** Symmetric padding of at most half the kernel, which is never the maximum; default 0. */
  | { readonly op: "maxPool"; readonly kernel: number; readonly stride: number; readonly padding?: number }
  /** `[B, C, H, W] -> [B, C]`. */
  | { readonly op: "globalAveragePool" }
  /** `[B, ...] -> [B, product]`, channels first order. */
  | { readonly op: "flatten" }
  /** Token ids `[B, T] -> [B, T, width]`; weight `[vocabulary, width]`. */
  | { readonly op: "embedding"; readonly width: number }
  /** Adds a learned `[T, D]` table; weight `<layer>.weight`. */
  | { readonly op: "position" }
  /**
   * Multi-head self-attention with its four projections, each `[D, D]` with bias: `<layer>.query|key|value|out.weight|bias`;
   * scores are divided by sqrt(D / heads); padding tokens are masked out as keys.
   */
  | { readonly op: "attention"; readonly heads: number }
  /** Mean over the tokens that are not padding: `[B, T, D] -> [B, D]`. */
  | { readonly op: "meanTokens" };

export type Layer = LayerSpec & {
  /** Unique; also the name of the value it makes. */
  readonly name: string;
  /** Names of layers, or `"input"`. */
  readonly inputs: readonly string[];
};

export interface Architecture {
  /** Such as `"resnet-20"`: everything that tells two architectures apart, for records. */
  readonly name: string;
  readonly input: InputSpec;
  readonly layers: readonly Layer[];
  /** Name of the layer whose value is the output (logits `[B, classes]`). */
  readonly output: string;
}
