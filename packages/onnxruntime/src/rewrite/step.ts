/** What the steps of a rewriting share. */
import type { BranchPlace, Scheme, Site } from "@idinit/core";
import type { GraphNode, Missing } from "@idinit/core/graph";
import type { Translation } from "../graph.js";
import type { GraphEdit } from "./edit.js";

/** One requirement that a model lacks, and all that is needed to fill it. */
export interface Lack {
  readonly edit: GraphEdit;
  readonly scheme: Scheme;
  readonly missing: Missing;
  readonly translation: Translation;
  readonly sites: readonly Site[];
}

/** Adds to the model what it lacks. */
export type Step = (lack: Lack) => void;

/** A residual branch that lacks something. */
export interface LackingBranch {
  readonly place: BranchPlace;
  /** Name of its last weight, without the ending that all weights have: what new parameters are called after. */
  readonly stem: string;
  /** The value that the branch brings to the join. */
  readonly end: string;
}

/** The branches that a requirement is missing in. */
export function lackingBranches({ missing, sites, translation }: Lack): LackingBranch[] {
  return (missing.branches ?? []).map((index) => {
    const own = sites.filter(({ branch }) => branch?.index === index);
    const last = own.find(({ closesBranch }) => closesBranch) ?? own.at(-1)!;
    const place = last.branch!;
    const join = nodeNamed(translation, place.join);
    return { place, stem: stemOf(last.parameter), end: join.inputs.find((input) => input !== place.skip)! };
  });
}

/** A neutral node by name. */
export function nodeNamed({ graph }: Translation, name: string): GraphNode {
  return graph.nodes.find((node) => node.name === name)!;
}

/** `"blocks.0.conv2"` for `"blocks.0.conv2.weight"`. */
export function stemOf(parameter: string): string {
  return parameter.replace(/[./]weight$/, "");
}
