/** Fixup's scalar biases. */
import type { GraphNode } from "@idinit/core/graph";
import { type Step, stemOf } from "./step.js";

const KERNELS: readonly GraphNode["op"][] = ["dense", "conv", "convTranspose"];

/**
 * Adds a parameter of one element, which starts at 0, before each dense or convolution kernel and each non-linearity of the network (Zhang,
 * Dauphin, Ma 2019, section 3). Only what reads the network's input gets none.
 */
export const scalarBiases: Step = ({ edit, translation, sites }) => {
  const first = new Set(sites.filter(({ role }) => role === "first").map(({ node }) => node));
  for (const { name, op, inputs, outputs, slots, attributes } of translation.graph.nodes) {
    const kernel = KERNELS.includes(op) && !first.has(name) ? slots?.kernel?.parameter : undefined;
    const bends = op === "activation" && attributes?.kind !== "linear";
    if (kernel === undefined && !bends) continue;
    const [x, value] = [inputs[0]!, outputs[0]!];
    edit.maker(value);
    const stem = kernel === undefined ? value : stemOf(kernel);
    const bias = edit.parameter(`${stem}.input_bias`, [1], 0);
    edit.insertBefore(edit.readersTowards(value, x), x, `${stem}/shifted`, (shifted) => ({
      opType: "Add",
      inputs: [shifted, bias],
    }));
  }
};
