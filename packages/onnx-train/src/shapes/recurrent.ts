/** Shapes of recurrent operators. */
import { getInt, getString } from "@idinit/onnx";
import type { InferRule } from "./facts.js";

const recurrent: InferRule = (c) => {
  const type = c.input(0)?.type;
  const x = c.input(0)?.dims;
  const hidden = c.input(2)?.dims?.[2];
  if (x?.length !== 3 || hidden === undefined) return [{ type }, { type }, { type }];
  const directions = getString(c.node, "direction", "forward") === "bidirectional" ? 2 : 1;
  const [length, batch] = x as [number, number];
  const batchFirst = getInt(c.node, "layout", 0) === 1;
  const sequence = batchFirst ? [length, batch, directions, hidden] : [length, directions, batch, hidden];
  const state = batchFirst ? [length, directions, hidden] : [directions, batch, hidden];
  return [
    { type, dims: sequence },
    { type, dims: state },
    { type, dims: state },
  ];
};

export const recurrentRules: Readonly<Record<string, InferRule>> = { LSTM: recurrent, GRU: recurrent, RNN: recurrent };
