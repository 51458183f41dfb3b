/** What is known of a value before the graph runs, and what an inference rule sees of a node. */
import type { OnnxNode } from "@idinit/onnx";
import type { Dim } from "./dims.js";

export interface Facts {
  /** A DataType of ONNX. */
  readonly type?: number | undefined;
  /** Absent where the rank is unknown. */
  readonly dims?: readonly Dim[] | undefined;
  /** Elements of a small tensor, row-major: shapes, axes, bounds, pads, scales. */
  readonly elements?: readonly Dim[] | undefined;
}

export interface InferContext {
  readonly node: OnnxNode;
  readonly opset: number;
  /** Facts of the i-th input, `{}` where nothing is known, `undefined` where it is left out. */
  input(i: number): Facts | undefined;
  /** Elements of the i-th input where they are known and all numbers. */
  numbers(i: number): number[] | undefined;
  /** A name for a dimension that only the run can tell. */
  fresh(axis: number): Dim;
}

/** Facts of each output. */
export type InferRule = (c: InferContext) => Facts[];
