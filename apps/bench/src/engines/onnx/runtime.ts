/** The part of onnxruntime's JavaScript API that its Node and its web package share. */
import type * as common from "onnxruntime-common";

export type OnnxRuntime = Pick<typeof common, "InferenceSession" | "Tensor">;
export type SessionOptions = common.InferenceSession.SessionOptions;
