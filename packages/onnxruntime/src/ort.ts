/** The part of onnxruntime that this package calls, if it calls any; onnxruntime-node and onnxruntime-web both have it. */

/** A tensor of onnxruntime. */
export interface OrtTensor {
  readonly dims: readonly number[];
  readonly data: unknown;
}

/** A session of onnxruntime. */
export interface OrtSession {
  /** Computes the outputs named in `fetches`. */
  run(feeds: Readonly<Record<string, OrtTensor>>, fetches: readonly string[]): Promise<Record<string, OrtTensor>>;
  /** Frees the session's memory. */
  release(): Promise<void>;
}

/** The module `onnxruntime-node` or `onnxruntime-web`. */
export interface Ort {
  readonly InferenceSession: {
    /** Loads a model from its bytes. */
    create(model: Uint8Array, options?: object): Promise<OrtSession>;
  };
  readonly Tensor: new (type: "float32", data: Float32Array, dims: readonly number[]) => OrtTensor;
}
