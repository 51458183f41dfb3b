/** The part of onnxruntime this package calls; onnxruntime-node and onnxruntime-web both have it. */
import type { InferenceSession, InferenceSessionFactory, Tensor, TensorConstructor } from "onnxruntime-common";

/** The module `onnxruntime-node` or `onnxruntime-web`. */
export interface Ort {
  readonly InferenceSession: InferenceSessionFactory;
  readonly Tensor: TensorConstructor;
  /** Tells onnxruntime-web, which has a `web` version. */
  readonly env?: { readonly versions?: { readonly web?: string } };
}

export type { InferenceSession, Tensor };
