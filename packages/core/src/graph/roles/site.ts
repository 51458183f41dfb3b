/** Describes a parameter's place in the network. */
import { IdinitError, show } from "../../errors.js";
import { toCanonical } from "../../shape.js";
import type { Branch } from "../branch.js";
import type { Activation, GraphNode } from "../graph.js";
import type { AttentionPlace, BranchPlace, Role, Site } from "../site.js";
import { isKernel } from "../walk.js";
import { kernelFanIn, type PlacedUse } from "../wiring.js";
import { activationBehind } from "./activation.js";
import { type Finding, quote } from "./finding.js";
import type { Structure } from "./structure.js";

/** A branch whose gate is nowhere larger than this in absolute value counts as shut: LayerScale starts at 1e-4 or less. */
const SHUT = 1e-3;

/** Roles that say, when given by hand, that the weight ends no branch. */
const OPEN_ROLES: readonly Role[] = ["first", "hidden", "shortcut", "head"];

/** Builds the site of a parameter from what was found about it. */
export function describeSite(
  structure: Structure,
  parameter: string,
  uses: readonly PlacedUse[],
  { role, reason, parts }: Finding,
  network: Site["network"],
  present: ReadonlyMap<string, Float32Array> | undefined,
): Site {
  const { wiring } = structure;
  const { node, use } = uses.find(({ slot }) => slot === "table") ?? uses[0]!;
  const transposed = node.op === "convTranspose" && use.layout !== "O";
  const stored = use.shape ?? wiring.parameters.get(parameter)!.shape;
  const { out, size } = toCanonical(stored, { layout: use.layout, groups: use.groups ?? 1, transposed });
  const blocks = parts ?? use.parts ?? 1;
  if (out % blocks !== 0) {
    throw new IdinitError(
      `roles: ${quote(parameter)} as ${role} needs ${blocks} equal parts, but out is ${out} in shape ${show(stored)}`,
    );
  }
  const fanIn = kernelFanIn(wiring, node);
  const units = recurrentUnits(structure, node);
  const branch = placeIn(structure, node, present);
  const attention = attentionOf(structure, parameter);
  const closes = uses.some((one) => structure.closes.has(one.node) && one.slot === "kernel");
  return {
    parameter,
    role,
    node: node.name,
    shape: use.layout === "O" ? [size] : stored,
    layout: use.layout,
    groups: use.groups ?? 1,
    parts: blocks,
    activation: activationOf(structure, node),
    closesBranch: role === "branch-last" || (closes && !OPEN_ROLES.includes(role)),
    transposed,
    ...(branch && { branch }),
    ...(attention && { attention }),
    ...(fanIn === undefined ? {} : { fanIn }),
    ...(units === undefined ? {} : { units }),
    network,
    reason,
  };
}

/** The non-linearity behind a node; `"linear"` for embeddings. */
export function activationOf({ wiring }: Structure, node: GraphNode): Activation {
  return node.op === "embedding" ? "linear" : activationBehind(wiring, node);
}

function recurrentUnits({ wiring }: Structure, { slots }: GraphNode): number | undefined {
  const use = slots?.recurrentKernel;
  if (use === undefined) return undefined;
  return toCanonical(use.shape ?? wiring.parameters.get(use.parameter)!.shape, { layout: use.layout }).in;
}

function attentionOf(
  { wiring, branches, stacks, attention }: Structure,
  parameter: string,
): AttentionPlace | undefined {
  const place = attention.places.get(parameter);
  const asks = place?.query === undefined ? undefined : wiring.uses.get(place.query)![0]!.node;
  const branch = asks && branches.find(({ region }) => region.has(asks));
  const stack = branch && stacks.get(branch);
  return place && { ...place, ...(stack && { stack }) };
}

function placeIn(
  { wiring, branches, stacks }: Structure,
  node: GraphNode,
  present: ReadonlyMap<string, Float32Array> | undefined,
): BranchPlace | undefined {
  let index = -1;
  branches.forEach(({ region }, i) => {
    const smaller = index < 0 || region.size < branches[index]!.region.size;
    if (region.has(node) && smaller) index = i;
  });
  const branch = branches[index];
  if (branch === undefined) return undefined;
  const depth = branch.depth.get(node) ?? 0;
  const kernel = isKernel(wiring, node);
  // Layers of a gate on the branch lie beside its main path.
  if (kernel && depth >= branch.weights) return undefined;
  const position = kernel ? depth : Math.min(Math.max(depth - 1, 0), branch.weights - 1);
  const gate = gateOf(branch, present);
  const stack = stacks.get(branch);
  const { weights, skip, skipFactor } = branch;
  return {
    index,
    count: branches.length,
    join: branch.join.name,
    skip,
    position,
    weights,
    ...(stack && { stack }),
    ...(skipFactor !== undefined && { skipFactor }),
    ...(gate && { gate }),
  };
}

function gateOf({ gate }: Branch, present: ReadonlyMap<string, Float32Array> | undefined): BranchPlace["gate"] {
  const values = gate && present?.get(gate.parameter);
  return values === undefined ? gate : { ...gate!, closed: values.every((value) => Math.abs(value) <= SHUT) };
}
