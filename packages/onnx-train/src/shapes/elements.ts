/** Operators that take elements by index, repeat them, or move them between space and depth. */
import { DataType, getInt } from "@idinit/onnx";
import { axisOf, type Dim, product, quotient } from "./dims.js";
import type { InferRule } from "./facts.js";

const gatherElements: InferRule = (c) => [{ type: c.input(0)?.type, dims: c.input(1)?.dims }];

const gatherNd: InferRule = (c) => {
  const [data, indices] = [c.input(0)!, c.input(1)!];
  const depth = indices.dims?.at(-1);
  if (!data.dims || !indices.dims || typeof depth !== "number") return [{ type: data.type }];
  const batch = getInt(c.node, "batch_dims", 0);
  return [{ type: data.type, dims: [...indices.dims.slice(0, -1), ...data.dims.slice(batch + depth)] }];
};

const topK: InferRule = (c) => {
  const x = c.input(0)!;
  const count = c.input(1)?.elements?.[0];
  const axis = x.dims && axisOf(getInt(c.node, "axis", -1), x.dims.length);
  const dims = x.dims?.map((d, i) => (i === axis ? (count ?? c.fresh(i)) : d));
  return [
    { type: x.type, dims },
    { type: DataType.int64, dims },
  ];
};

const tile: InferRule = (c) => {
  const x = c.input(0)!;
  const repeats = c.input(1)?.elements;
  return [{ type: x.type, dims: x.dims?.map((d, i) => (repeats ? product([d, repeats[i]!]) : c.fresh(i))) }];
};

const scaled = (size: Dim, factor: number, up: boolean): Dim | undefined =>
  up ? product([size, factor]) : quotient(size, factor);

/** Depth into space for `up`, the reverse otherwise. */
const blocks =
  (up: boolean): InferRule =>
  (c) => {
    const x = c.input(0)!;
    const block = getInt(c.node, "blocksize", 1);
    const factors = [1, block ** 2, block, block];
    const dims = x.dims?.map((d, i) => (i === 0 ? d : scaled(d, factors[i]!, (i === 1) !== up)) ?? c.fresh(i));
    return [{ type: x.type, dims }];
  };

const oneHot: InferRule = (c) => {
  const { dims } = c.input(0)!;
  const depth = c.input(1)?.elements?.[0];
  if (!dims) return [{ type: c.input(2)?.type }];
  const axis = axisOf(getInt(c.node, "axis", -1), dims.length + 1);
  return [{ type: c.input(2)?.type, dims: [...dims.slice(0, axis), depth ?? c.fresh(axis), ...dims.slice(axis)] }];
};

const nonZero: InferRule = (c) => {
  const rank = c.input(0)?.dims?.length;
  return [{ type: DataType.int64, ...(rank !== undefined && { dims: [rank, c.fresh(1)] }) }];
};

export const elementRules: Readonly<Record<string, InferRule>> = {
  GatherElements: gatherElements,
  GatherND: gatherNd,
  TopK: topK,
  OneHot: oneHot,
  NonZero: nonZero,
  Tile: tile,
  DepthToSpace: blocks(true),
  SpaceToDepth: blocks(false),
};
