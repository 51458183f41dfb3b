import { conformance } from "@idinit/conformance";
import { brainAdapter } from "../src/index.js";
import type { BrainNet } from "../src/net.js";
import { read, write } from "../src/weights.js";
import {
  ae,
  built,
  dense,
  feedForward,
  gpu,
  gru,
  gruTimeStep,
  lstm,
  lstmTimeStep,
  recurrentLstm,
  recurrentRnn,
  residual,
  rnn,
  rnnTimeStep,
} from "./nets.js";

/** The same values at every call: brain.js draws them anew. */
const fixed = (make: () => BrainNet) => () => {
  const net = built(make());
  return write(
    net,
    new Map(
      [...read(net)].map(([name, values], n) => [name, values.map((_, i) => 0.25 + ((n * 31 + i * 17) % 23) / 46)]),
    ),
  );
};

const layer = (index: number, role: "first" | "hidden" | "branch-last" | "head") =>
  ({ [`layer${index}.weight`]: role, [`layer${index}.bias`]: "bias" }) as const;
const threeLayers = { ...layer(1, "first"), ...layer(2, "hidden"), ...layer(3, "head") };
const gates = (index: number, names: readonly string[], input: string, hidden: string) =>
  Object.fromEntries(
    names.flatMap((gate) => [
      [`hidden${index}.${gate}${input}`, "recurrent-input" as const],
      [`hidden${index}.${gate}${hidden}`, "recurrent-hidden" as const],
      [`hidden${index}.${gate}Bias`, "bias" as const],
    ]),
  );
const LSTM_GATES = ["input", "forget", "output", "cellActivation"];
const GRU_GATES = ["updateGate", "resetGate", "cellWrite"];
const output = { outputConnector: "head", output: "bias" } as const;

conformance(brainAdapter, [
  { name: "NeuralNetwork", model: fixed(dense), roles: threeLayers },
  { name: "NeuralNetworkGPU", model: fixed(gpu), roles: threeLayers },
  {
    name: "FeedForward",
    model: fixed(feedForward as () => BrainNet),
    roles: { ...layer(1, "first"), ...layer(2, "head") },
  },
  {
    name: "RNN",
    model: fixed(rnn),
    roles: {
      input: "embedding",
      ...Object.fromEntries(
        [0, 1].flatMap((i) => [
          [`hidden${i}.weight`, "recurrent-input" as const],
          [`hidden${i}.transition`, "recurrent-hidden" as const],
          [`hidden${i}.bias`, "bias" as const],
        ]),
      ),
      ...output,
    },
  },
  {
    name: "LSTM",
    model: fixed(lstm),
    roles: {
      input: "embedding",
      ...gates(0, LSTM_GATES, "Matrix", "Hidden"),
      ...gates(1, LSTM_GATES, "Matrix", "Hidden"),
      ...output,
    },
  },
  {
    name: "GRU",
    model: fixed(gru),
    roles: {
      input: "embedding",
      ...gates(0, GRU_GATES, "InputMatrix", "HiddenMatrix"),
      ...gates(1, GRU_GATES, "InputMatrix", "HiddenMatrix"),
      ...output,
    },
  },
  {
    name: "LSTMTimeStep",
    model: fixed(lstmTimeStep),
    roles: { ...gates(0, LSTM_GATES, "Matrix", "Hidden"), ...output },
  },
  {
    name: "GRUTimeStep",
    model: fixed(gruTimeStep),
    roles: { ...gates(0, GRU_GATES, "InputMatrix", "HiddenMatrix"), ...output },
  },
  {
    name: "RNNTimeStep",
    model: fixed(rnnTimeStep),
    roles: {
      "hidden0.weight": "recurrent-input",
      "hidden0.transition": "recurrent-hidden",
      "hidden0.bias": "bias",
      ...output,
    },
  },
  {
    name: "AE",
    model: fixed(ae),
    roles: { ...layer(1, "first"), ...layer(2, "hidden"), ...layer(3, "hidden"), ...layer(4, "head") },
  },
  {
    name: "residual FeedForward",
    model: fixed(residual as () => BrainNet),
    roles: {
      ...layer(1, "first"),
      ...layer(2, "hidden"),
      ...layer(3, "branch-last"),
      ...layer(4, "hidden"),
      ...layer(5, "branch-last"),
      ...layer(6, "head"),
    },
    forward: (net) =>
      Array.from((net as ReturnType<typeof residual>).run([0.5, -1, 0.25, 2])).flatMap((row) => [
        ...(row as unknown as Float32Array),
      ]),
  },
  {
    name: "Recurrent of rnnCell",
    model: fixed(recurrentRnn),
    roles: {
      "hidden0.weight": "recurrent-input",
      "hidden0.transition": "recurrent-hidden",
      "hidden0.bias": "bias",
      "output.outputGate": "head",
      "output.output": "bias",
    },
  },
  {
    name: "Recurrent of lstmCell",
    model: fixed(recurrentLstm),
    roles: {
      ...Object.fromEntries(
        ["inputGate", "forgetGate", "outputGate", "memory"].flatMap((gate) => [
          [`hidden0.${gate}Weights`, "recurrent-input" as const],
          [`hidden0.${gate}Peepholes`, "recurrent-hidden" as const],
          [`hidden0.${gate}Bias`, "bias" as const],
        ]),
      ),
      "output.outputGate": "head",
      "output.output": "bias",
    },
  },
]);
