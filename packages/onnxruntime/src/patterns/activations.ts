/** Activations written out by exporters: GELU in both forms, SiLU, Mish, HardSwish and any other function of one value. */
import type { Activation } from "@idinit/core";
import { type OnnxNode, stringAttribute } from "@idinit/onnx";
import type { FlatModel } from "../flatten.js";
import { PATTERN_DOMAIN, regionBehind, replaceGroups, wires } from "./region.js";

const NON_LINEAR = new Set([
  "Erf",
  "Tanh",
  "Sigmoid",
  "Softplus",
  "HardSigmoid",
  "Clip",
  "Relu",
  "Exp",
  "Log",
  "Pow",
  "Max",
  "Min",
]);
const ELEMENTWISE = new Set([...NON_LINEAR, "Add", "Sub", "Mul", "Div", "Neg", "Abs", "Sqrt", "Cast", "Identity"]);
const ROOTS = new Set(["Mul", "Div", "Add", "Sub"]);

/** Which one, by the operations it is made of. */
function kindOf(nodes: ReadonlySet<OnnxNode>): Activation {
  const ops = new Set([...nodes].map(({ opType }) => opType));
  if (ops.has("Erf")) return "gelu";
  if (ops.has("Tanh") && ops.has("Softplus")) return "mish";
  if (ops.has("Tanh")) return "gelu";
  // x * sigmoid(1.702 x) is an approximation of GELU, x * sigmoid(x) is SiLU.
  if (ops.has("Sigmoid")) return [...nodes].filter(({ opType }) => opType === "Mul").length > 1 ? "gelu" : "silu";
  if (ops.has("HardSigmoid") || ops.has("Clip")) return "hardSwish";
  return "other";
}

/** Replaces each function of one value that several nodes compute by one node. */
export function activations(model: FlatModel): FlatModel {
  const graph = wires(model);
  const groups: { nodes: ReadonlySet<OnnxNode>; root: OnnxNode; by: OnnxNode }[] = [];
  const taken = new Set<OnnxNode>();
  for (const root of [...model.nodes].reverse()) {
    if (!ROOTS.has(root.opType) || root.domain !== "" || taken.has(root)) continue;
    const region = regionBehind(root, graph, ELEMENTWISE, (nodes, source) => {
      const uses = graph.readers.get(source)!.filter((reader) => nodes.has(reader)).length;
      return uses > 1 && [...nodes].some(({ opType }) => NON_LINEAR.has(opType));
    });
    if (!region) continue;
    // A factor of 1/2 may stand before, behind or on either side of a GELU.
    const by: OnnxNode = {
      ...root,
      opType: "Activation",
      domain: PATTERN_DOMAIN,
      inputs: [region.source],
      attributes: [stringAttribute("kind", kindOf(region.nodes))],
    };
    for (const node of region.nodes) taken.add(node);
    groups.push({ nodes: region.nodes, root, by });
  }
  return { ...model, nodes: replaceGroups(model.nodes, groups) };
}
