/** Layer, instance and RMS norms written out as means, differences and roots, as before opset 17. */
import { getInts, type OnnxNode, stringAttribute } from "@idinit/onnx";
import type { FlatModel } from "../flatten.js";
import { PATTERN_DOMAIN, type Region, regionBehind, replaceGroups, type Wires, wires } from "./region.js";

const INNER = new Set(["ReduceMean", "Sub", "Add", "Mul", "Div", "Pow", "Sqrt", "Reciprocal", "Cast", "Identity"]);
const ROOTS = new Set(["Div", "Mul", "Add", "Sub"]);

/** Steps from the root of the variance to the normalised value: reciprocal, factor, product, shift. */
const MAX_STEPS = 4;

/** A mean square is needed, and that the source itself is what is averaged. */
const isNorm = (nodes: ReadonlySet<OnnxNode>) => [...nodes].some(({ opType }) => opType === "ReduceMean");

/** `source = x - mean(x)`: the difference and the mean belong to the norm. */
function centred(graph: Wires, region: Region): Region | undefined {
  const sub = graph.maker.get(region.source);
  if (sub?.opType !== "Sub") return undefined;
  const x = sub.inputs[0]!;
  let mean = graph.maker.get(sub.inputs[1]!);
  while (mean?.opType === "Cast" || mean?.opType === "Identity") mean = graph.maker.get(mean.inputs[0]!);
  if (mean?.opType !== "ReduceMean" || mean.inputs[0] !== x) return undefined;
  if (!graph.readers.get(region.source)!.every((reader) => region.nodes.has(reader))) return undefined;
  return { nodes: new Set([...region.nodes, sub, mean]), source: x, vectors: region.vectors };
}

function kindOf(region: Region, isCentred: boolean): string {
  const mean = [...region.nodes].find(({ opType }) => opType === "ReduceMean")!;
  const axes = getInts(mean, "axes");
  const subtracts = isCentred || [...region.nodes].some(({ opType }) => opType === "Sub");
  if (!subtracts) return "rms";
  return axes && axes.length > 1 && axes[0] === 2 ? "instance" : "layer";
}

function normAt(
  root: OnnxNode,
  graph: Wires,
): { nodes: ReadonlySet<OnnxNode>; root: OnnxNode; by: OnnxNode } | undefined {
  const found = regionBehind(root, graph, INNER, isNorm, true);
  if (!found || ![...found.nodes].some(({ opType }) => opType === "Sqrt")) return undefined;
  const inner = centred(graph, found);
  const region = inner ?? found;
  const vector = (ops: readonly string[]) =>
    region.vectors.find(({ reader }) => ops.includes(reader.opType))?.value ?? "";
  const by: OnnxNode = {
    ...root,
    opType: "Norm",
    domain: PATTERN_DOMAIN,
    inputs: [region.source, vector(["Mul", "Div"]), vector(["Add", "Sub"])],
    attributes: [stringAttribute("kind", kindOf(region, inner !== undefined))],
  };
  return { nodes: region.nodes, root, by };
}

/** Replaces each written-out norm by one node: the source, and scale and shift where they are inside. */
export function norms(model: FlatModel): FlatModel {
  const graph = wires(model);
  const groups: { nodes: ReadonlySet<OnnxNode>; root: OnnxNode; by: OnnxNode }[] = [];
  for (const start of model.nodes) {
    if (start.opType !== "Sqrt" || start.domain !== "") continue;
    let next: OnnxNode[] = [start];
    let found: ReturnType<typeof normAt>;
    for (let step = 0; step < MAX_STEPS && !found; step++) {
      next = next
        .flatMap((node) => graph.readers.get(node.outputs[0]!) ?? [])
        .filter(({ opType }) => INNER.has(opType));
      for (const root of next) found ??= ROOTS.has(root.opType) ? normAt(root, graph) : undefined;
    }
    if (found) groups.push(found);
  }
  return { ...model, nodes: replaceGroups(model.nodes, groups) };
}
