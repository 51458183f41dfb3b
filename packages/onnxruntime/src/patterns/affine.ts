/** Vectors behind layers and norms that belong to them: a bias added after MatMul, a norm's scale and shift. */
import type { GraphNode, ParameterUse, Slot } from "@idinit/core/graph";
import type { Lowering } from "../lowering/context.js";

const LAYERS: ReadonlySet<string> = new Set(["dense", "conv", "convTranspose"]);

/** The nodes with slots moved to where they belong; the nodes that held them become `move`. */
export function affine(context: Lowering): GraphNode[] {
  const nodes = new Map(context.nodes.map((node) => [node.name, node]));
  const readers = new Map<string, string[]>();
  for (const node of context.nodes) {
    for (const input of node.inputs) readers.set(input, [...(readers.get(input) ?? []), node.name]);
  }
  const current = (name: string) => nodes.get(name)!;
  /** The only reader of a node's first output. */
  const next = (node: GraphNode): GraphNode | undefined => {
    const list = readers.get(node.outputs[0]!) ?? [];
    return list.length === 1 ? current(list[0]!) : undefined;
  };
  const pastMoves = (node: GraphNode): GraphNode | undefined => {
    let found = next(node);
    while (found?.op === "move" && found.slots === undefined) found = next(found);
    return found;
  };
  /** What is subtracted before a ReLU and added again behind it, max(x, b), belongs to no layer. */
  const isUndone = (shift: GraphNode): boolean => {
    const after = next(shift);
    const back = after?.op === "activation" ? next(after) : undefined;
    return back?.op === "shift" && back.slots?.shift?.parameter === shift.slots?.shift?.parameter;
  };
  const isVector = (use: ParameterUse | undefined): use is ParameterUse =>
    use !== undefined && context.parameters.get(use.parameter)!.shape.filter((dim) => dim !== 1).length <= 1;
  const hand = (from: GraphNode, fromSlot: Slot, to: GraphNode, toSlot: Slot): void => {
    nodes.set(to.name, { ...current(to.name), slots: { ...current(to.name).slots, [toSlot]: from.slots![fromSlot]! } });
    nodes.set(from.name, { name: from.name, op: "move", inputs: from.inputs, outputs: from.outputs });
  };

  for (const { name, op } of context.nodes) {
    if (op === "scale" && context.bareFactors.has(current(name).outputs[0]!)) dropBareFactor(name);
    else if (LAYERS.has(op)) {
      const layer = current(name);
      const shift = next(layer);
      if (!layer.slots?.bias && shift?.op === "shift" && !isUndone(shift) && fits(context, layer, shift))
        hand(shift, "shift", layer, "bias");
    } else if (op === "norm") {
      const scale = pastMoves(current(name));
      if (!current(name).slots?.scale && scale?.op === "scale" && isVector(scale.slots?.gate))
        hand(scale, "gate", current(name), "scale");
      const shift = pastMoves(current(name));
      if (!current(name).slots?.shift && shift?.op === "shift" && !isUndone(shift) && isVector(shift.slots?.shift))
        hand(shift, "shift", current(name), "shift");
    }
  }
  return context.nodes.map(({ name }) => current(name));

  /** A single number is a gate if it scales what is added to something else, as in ReZero; else a constant. */
  function dropBareFactor(name: string): void {
    const { inputs, outputs } = current(name);
    if (pastMoves(current(name))?.op !== "add") nodes.set(name, { name, op: "move", inputs, outputs });
  }
}

/** Whether the vector has one element per output of the layer. */
function fits(context: Lowering, layer: GraphNode, shift: GraphNode): boolean {
  const kernel = layer.slots!.kernel!;
  const stored = context.parameters.get(kernel.parameter)!.shape;
  const axis = kernel.layout.indexOf("O");
  const out =
    kernel.rows?.[1] ?? (kernel.shape ?? stored)[axis]! * (layer.op === "convTranspose" ? (kernel.groups ?? 1) : 1);
  const vector = context.parameters.get(shift.slots!.shift!.parameter)!.shape;
  return vector.filter((dim) => dim !== 1).length <= 1 && vector.reduce((product, dim) => product * dim, 1) === out;
}
