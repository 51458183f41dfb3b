/** Matrix products, convolution, pooling. */
import { DataType, getInt, getInts, type OnnxNode } from "@idinit/onnx";
import { broadcast, type Dim } from "./dims.js";
import type { InferRule } from "./facts.js";
import { convTranspose } from "./transposed.js";
import { windowOf } from "./window.js";

const matMul: InferRule = (c) => {
  const a = c.input(0)?.dims;
  const b = c.input(1)?.dims;
  const type = c.input(0)?.type;
  if (!a?.length || !b?.length) return [{ type }];
  const batch = broadcast(a.slice(0, -2), b.slice(0, -2));
  if (batch === undefined) return [{ type }];
  const rows = a.length > 1 ? [a[a.length - 2]!] : [];
  const columns = b.length > 1 ? [b[b.length - 1]!] : [];
  return [{ type, dims: [...batch, ...rows, ...columns] }];
};

const gemm: InferRule = (c) => {
  const a = c.input(0)?.dims;
  const b = c.input(1)?.dims;
  if (!a || !b) return [{ type: c.input(0)?.type }];
  const m = a[getInt(c.node, "transA", 0) ? 1 : 0]!;
  const n = b[getInt(c.node, "transB", 0) ? 0 : 1]!;
  return [{ type: c.input(0)?.type, dims: [m, n] }];
};

function slide(c: Parameters<InferRule>[0], x: readonly Dim[], kernel: readonly number[]): Dim[] {
  const window = windowOf(c.node, x.slice(2), kernel);
  return x.slice(2).map((size, i) => window?.output[i] ?? (typeof size === "number" ? size : c.fresh(i + 2)));
}

const conv: InferRule = (c) => {
  const x = c.input(0)?.dims;
  const w = c.input(1)?.dims;
  const type = c.input(0)?.type;
  if (!x || !w?.slice(2).every((d) => typeof d === "number")) return [{ type }];
  return [{ type, dims: [x[0]!, w[0]!, ...slide(c, x, w.slice(2) as number[])] }];
};

const pool: InferRule = (c) => {
  const x = c.input(0)?.dims;
  const type = c.input(0)?.type;
  if (!x) return [{ type }, { type: DataType.int64 }];
  const dims = [x[0]!, x[1]!, ...slide(c, x, kernelOf(c.node))];
  return [
    { type, dims },
    { type: DataType.int64, dims },
  ];
};

export const kernelOf = (node: OnnxNode): readonly number[] => getInts(node, "kernel_shape") ?? [];

const globalPool: InferRule = (c) => {
  const x = c.input(0)!;
  return [{ type: x.type, dims: x.dims?.map((dim, i) => (i < 2 ? dim : 1)) }];
};

export const linearRules: Readonly<Record<string, InferRule>> = {
  MatMul: matMul,
  Gemm: gemm,
  Conv: conv,
  ConvTranspose: convTranspose,
  MaxPool: pool,
  AveragePool: pool,
  LpPool: pool,
  GlobalAveragePool: globalPool,
  GlobalMaxPool: globalPool,
  GlobalLpPool: globalPool,
};
