/** Padding masks and what uses them, as ONNX nodes. */
import { DataType } from "@idinit/onnx";
import type { Layer } from "../architecture.js";
import type { Emitter } from "./emitter.js";

/** Boolean `[batch, tokens]`: true where the token id is 0. */
export function paddingMask(emit: Emitter): string {
  return emit.once("mask", () => emit.node("Equal", ["input", emit.int32(0)], "mask"));
}

/** The mean over the tokens that are not padding; 0 where all are. */
export function meanTokens(emit: Emitter, { name, inputs }: Layer): string {
  const kept = emit.node("Not", [paddingMask(emit)], `${name}/kept`);
  const ones = emit.node("Cast", [kept], `${name}/ones`, { to: DataType.float });
  const column = emit.node("Unsqueeze", [ones, emit.int64([2])], `${name}/column`);
  const sum = (x: string, output: string) => emit.node("ReduceSum", [x, emit.int64([1])], output, { keepdims: 0 });
  const total = sum(emit.node("Mul", [inputs[0]!, column], `${name}/masked`), `${name}/total`);
  const count = emit.node("Max", [sum(column, `${name}/count`), emit.float(1)], `${name}/divisor`);
  return emit.node("Div", [total, count], name);
}
