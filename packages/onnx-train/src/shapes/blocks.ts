/** Shapes of attention as one operator, of losses that a model computes, and of sampled images. */
import { getInt, getString } from "@idinit/onnx";
import { type Dim, product, quotient } from "./dims.js";
import type { InferRule } from "./facts.js";

/** The shape of the queries with the width of the values. */
const attention: InferRule = (c) => {
  const [q, v] = [c.input(0)!, c.input(2)!];
  const type = q.type;
  if (!q.dims || !v.dims) return [{ type }];
  const [qHeads, vHeads] = [getInt(c.node, "q_num_heads", 1), getInt(c.node, "kv_num_heads", 1)];
  const width = v.dims.at(-1)!;
  const whole: Dim | undefined = q.dims.length === 4 ? width : quotient(product([width, qHeads]), vHeads);
  return [{ type, dims: [...q.dims.slice(0, -1), whole ?? c.fresh(q.dims.length - 1)] }];
};

/** A scalar, or one value for each target. */
const loss: InferRule = (c) => {
  const scores = c.input(0)!;
  const whole = getString(c.node, "reduction", "mean") !== "none";
  return [{ type: scores.type, dims: whole ? [] : c.input(1)?.dims }, { ...scores }];
};

/** Samples and channels of the image, sizes of the grid. */
const gridSample: InferRule = (c) => {
  const [x, grid] = [c.input(0)!, c.input(1)!];
  if (!x.dims || !grid.dims) return [{ type: x.type }];
  return [{ type: x.type, dims: [...x.dims.slice(0, 2), ...grid.dims.slice(1, -1)] }];
};

export const blockRules: Readonly<Record<string, InferRule>> = {
  Attention: attention,
  GridSample: gridSample,
  SoftmaxCrossEntropyLoss: loss,
  NegativeLogLikelihoodLoss: loss,
};
