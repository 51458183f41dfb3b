/** Roles that follow from the slot: everything but dense and conv kernels. */
import type { GraphNode, Slot } from "../graph.js";
import { isMatrix } from "../wiring.js";
import { type Finding, quote } from "./finding.js";
import type { Structure } from "./structure.js";

type SlotRole = Exclude<Slot, "kernel" | "other">;

/** The role of a parameter in any slot but `kernel` and `other`. */
export function slotRole(structure: Structure, node: GraphNode, slot: SlotRole, parameter: string): Finding {
  const of = `of ${node.op} node ${quote(node.name)}`;
  switch (slot) {
    case "bias":
    case "recurrentBias":
      return { role: "bias", reason: `bias ${of}` };
    case "inputKernel":
      return { role: "recurrent-input", reason: `input kernel ${of}` };
    case "recurrentKernel":
      return { role: "recurrent-hidden", reason: `recurrent kernel ${of}` };
    case "peephole":
      return { role: "peephole", reason: `peephole ${of}` };
    case "table":
      return structure.wiring.data(node).length === 0
        ? { role: "position", reason: `table ${of}, looked up at places that no input decides` }
        : { role: "embedding", reason: `table ${of}` };
    case "scale":
      return node.op === "norm"
        ? { role: "norm-scale", reason: `scale ${of}` }
        : { role: "scale", reason: `factor ${of}` };
    case "shift":
      return shiftRole(structure, node, parameter);
    case "mean":
      return { role: "norm-mean", reason: `running mean ${of}` };
    case "variance":
      return { role: "norm-variance", reason: `running variance ${of}` };
    case "gate":
      return gateRole(structure, node, parameter);
    case "slope":
      return { role: "slope", reason: `slope ${of}` };
  }
}

/** A constant added to a value: a norm's shift, a position or class token, or a bias. */
function shiftRole({ wiring }: Structure, node: GraphNode, parameter: string): Finding {
  if (node.op === "norm") return { role: "norm-shift", reason: `shift of norm node ${quote(node.name)}` };
  if (isMatrix(wiring.parameters.get(parameter)!)) {
    return { role: "position", reason: `differs from position to position where node ${quote(node.name)} adds it` };
  }
  const joined = wiring.readers(node).some(({ op }) => op === "concat");
  if (wiring.data(node).length === 0 || joined) {
    return {
      role: "position",
      reason: `stands beside the other positions (node ${quote(node.name)}), as a class token does`,
    };
  }
  return { role: "bias", reason: `one value per channel or one in all, added by node ${quote(node.name)}` };
}

function gateRole({ branches }: Structure, node: GraphNode, parameter: string): Finding {
  const branch = branches.find(({ gate }) => gate?.parameter === parameter);
  return branch === undefined
    ? { role: "scale", reason: `learnable factor of node ${quote(node.name)}, which ends no residual branch` }
    : { role: "branch-gate", reason: `factor on the branch that ends in the residual join ${quote(branch.join.name)}` };
}
