/** Recurrent operators: input [length, batch, size], weights, recurrent weights, biases, lengths, first states. */
import type { Operand, OperatorCase } from "../operator-model.js";
import { c, of, p } from "./case.js";

const strings = (...names: string[]) =>
  ({ type: "strings", value: names.map((name) => new TextEncoder().encode(name)) }) as const;

const lengths = (...list: number[]): Operand => ({ ints: list, dims: [list.length], int32: true });

/** Operands for a length of 3, a batch of 2, inputs of 2 and 2 hidden units. */
function operands(gates: number, directions: number, extra: readonly Operand[] = [], batchFirst = false): Operand[] {
  const x = batchFirst ? p(2, 3, 2) : p(3, 2, 2);
  return [x, p(directions, gates * 2, 2), p(directions, gates * 2, 2), p(directions, gates * 4), ...extra];
}

const cases = (gates: number, states: number, outputs: number) => {
  const more = (attributes: NonNullable<OperatorCase["attributes"]> = {}) => ({ hidden_size: 2, ...attributes });
  const first = (directions: number, batchFirst = false) =>
    Array.from({ length: states }, () => (batchFirst ? p(2, directions, 2) : p(directions, 2, 2)));
  return [
    c("forward", operands(gates, 1), more(), { outputs }),
    c("without biases", operands(gates, 1).slice(0, 3), more(), { outputs }),
    c("reverse, first states", operands(gates, 1, [undefined, ...first(1)]), more({ direction: "reverse" }), {
      outputs,
    }),
    c(
      "bidirectional, first states",
      operands(gates, 2, [undefined, ...first(2)]),
      more({ direction: "bidirectional" }),
      {
        outputs,
      },
    ),
    c("unequal lengths", operands(gates, 2, [lengths(3, 2), ...first(2)]), more({ direction: "bidirectional" }), {
      outputs,
    }),
  ];
};

/** onnxruntime's own kernels have no layout 1, which would be needed here only for nothing: training unrolls them. */
const batchFirst = (gates: number, outputs: number) =>
  c("batch first", operands(gates, 1, [], true), { hidden_size: 2, layout: 1 }, { outputs, opset: 14 });

export const recurrentCases = [
  ...of("LSTM", ...cases(4, 2, 3), batchFirst(4, 3)),
  ...of("GRU", ...cases(3, 1, 2), batchFirst(3, 2)),
  ...of(
    "GRU",
    ...cases(3, 1, 2).map((g) => ({
      ...g,
      title: `reset after, ${g.title}`,
      attributes: { ...g.attributes, linear_before_reset: 1 },
    })),
  ),
  ...of(
    "RNN",
    ...cases(1, 1, 2),
    c("softsign", operands(1, 1), { hidden_size: 2, activations: strings("Softsign") }, { outputs: 2 }),
  ),
];
