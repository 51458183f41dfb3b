/** Networks without normalization. */
import type { OnnxNode } from "@idinit/onnx";
import type { Translation } from "../graph.js";
import type { GraphEdit } from "./edit.js";
import { type Step, stemOf } from "./step.js";

const ELEMENTWISE: readonly string[] = ["Mul", "Add", "Div", "Sub"];
const VIEWS: readonly string[] = ["Identity", "Reshape", "Unsqueeze", "Squeeze", "Cast", "Transpose", "Expand"];

/**
 * Takes every norm out, its scale and shift too. Convolutions leave their bias to the norm behind them, so each that has none gets one,
 * which starts at 0 (De and Smith 2020), unless the scheme wants other biases.
 */
export const withoutNorms: Step = ({ edit, missing, scheme, translation }) => {
  const names = new Set(missing.nodes);
  const own = new Set<string>();
  for (const { name, inputs, outputs, slots } of translation.graph.nodes) {
    if (!names.has(name)) continue;
    edit.maker(outputs[0]!);
    for (const slot of ["scale", "shift"] as const) if (slots?.[slot]) own.add(slots[slot].parameter);
    edit.bypass(outputs[0]!, inputs[0]!);
  }
  dropAffine(edit, own);
  if (!scheme.requires?.some(({ kind }) => kind === "branch-biases")) addBiases(edit, translation);
};

/** Norms that are written out have their scale and shift in nodes behind them. */
function dropAffine(edit: GraphEdit, vectors: Set<string>): void {
  for (const { opType, inputs, outputs } of [...edit.all()]) {
    const [value = ""] = outputs;
    const [x, vector] = [inputs.find((input) => !vectors.has(input)), inputs.find((input) => vectors.has(input))];
    if (vector === undefined) continue;
    if (VIEWS.includes(opType) && inputs[0] === vector) vectors.add(value);
    else if (ELEMENTWISE.includes(opType) && x !== undefined) edit.bypass(value, x);
  }
}

function addBiases(edit: GraphEdit, { graph }: Translation): void {
  const added = new Map<string, string>();
  for (const { op, outputs, slots } of graph.nodes) {
    const kernel = slots?.kernel;
    if (kernel === undefined || slots?.bias !== undefined || (op !== "conv" && op !== "convTranspose")) continue;
    const node: OnnxNode = edit.maker(outputs[0]!);
    const { shape } = graph.parameters.find(({ name }) => name === kernel.parameter)!;
    const sizes = kernel.shape ?? shape;
    const count = sizes[kernel.layout.indexOf("O")]! * (op === "convTranspose" ? (kernel.groups ?? 1) : 1);
    const known = added.get(kernel.parameter) ?? edit.parameter(`${stemOf(kernel.parameter)}.bias`, [count], 0);
    added.set(kernel.parameter, known);
    node.inputs = [node.inputs[0]!, node.inputs[1]!, known];
  }
}
