/** Between canonical parameters (out first) and the layouts that TensorFlow.js computes with. */
import type { Layer } from "../../architectures/architecture.js";

/**
 * The axes of the canonical tensor in the order in which the engine holds them, as for `tf.transpose`; `undefined` where
 * both are the same. Dense `[out, in]` is held `[in, out]`, conv OIHW is held HWIO; a depthwise `[C * m, 1, kh, kw]` is held
 * `[kh, kw, C, m]` and passes through `[C, m, kh, kw]`.
 */
export interface Held {
  /** Shape of the canonical data just before the transposition. */
  readonly canonical: readonly number[];
  readonly axes?: readonly number[];
}

export function heldLayout(layer: Layer, suffix: string, shape: readonly number[]): Held {
  const kernel = suffix === "weight" || suffix.endsWith(".weight");
  if (kernel && (layer.op === "dense" || layer.op === "attention")) return { canonical: shape, axes: [1, 0] };
  if (kernel && layer.op === "conv") {
    const [out, inPerGroup, height, width] = shape as [number, number, number, number];
    if (layer.groups === 1) return { canonical: shape, axes: [2, 3, 1, 0] };
    return { canonical: [layer.groups, (out * inPerGroup) / layer.groups, height, width], axes: [2, 3, 0, 1] };
  }
  return { canonical: shape };
}

/** The permutation that undoes another. */
export function inverse(axes: readonly number[]): number[] {
  return axes.map((_, axis) => axes.indexOf(axis));
}
