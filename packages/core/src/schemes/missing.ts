/** Compares a model with what a scheme needs of it. */
import { checkObject, IdinitError, show } from "../errors.js";
import type { Graph, GraphNode } from "../graph/graph.js";
import { inferRoles, type RoleOptions } from "../graph/roles.js";
import type { BranchPlace, Site } from "../graph/site.js";
import { deepnetAlpha } from "./depth.js";
import type { Missing, Requirement } from "./requirement.js";
import type { Scheme } from "./scheme.js";
import { resolveScheme, type SchemeName } from "./schemes.js";

/** A residual branch as its sites show it. */
interface BranchFacts {
  readonly place: BranchPlace;
  /** Name of its last weight. */
  readonly end: string;
  readonly network: Site["network"];
  readonly biases: number;
}

/** How far the factor of a skip may be from the one that is needed, relatively. */
const TOLERANCE = 1e-3;

/**
 * What a model lacks of what a scheme needs: one entry for each requirement that is not met. Empty where the scheme can be used.
 *
 * @throws {IdinitError} for an invalid or undecidable graph and an unknown scheme.
 * @example missingRequirements(graph, { scheme: "rezero" }).map(({ message }) => message)
 */
export function missingRequirements(
  graph: Graph,
  given: RoleOptions & { readonly scheme: Scheme | SchemeName },
): readonly Missing[] {
  checkObject("missingRequirements", "options", given);
  const { scheme, ...options } = given;
  return findMissing(resolveScheme(scheme), graph, inferRoles(graph, options));
}

/** Throws an {@link IdinitError} if a model lacks something that the scheme needs, saying what to add. */
export function checkRequirements(scheme: Scheme, graph: Graph, sites: readonly Site[]): void {
  const missing = findMissing(scheme, graph, sites);
  if (missing.length > 0) throw new IdinitError(`${missing.map(({ message }) => message).join("; ")}`);
}

function findMissing({ name, requires = [] }: Scheme, graph: Graph, sites: readonly Site[]): readonly Missing[] {
  if (requires.length === 0) return [];
  const branches = factsOf(sites);
  return requires.flatMap((requirement) => check(name, requirement, graph, branches) ?? []);
}

function check(
  name: string,
  requirement: Requirement,
  graph: Graph,
  branches: readonly BranchFacts[],
): Missing | undefined {
  const ofBranches = (
    lacking: readonly BranchFacts[],
    need: string,
    has: (first: BranchFacts) => string,
    add: string,
  ) => {
    const [first, ...others] = lacking;
    if (first === undefined) return undefined;
    const rest =
      others.length === 0 ? "" : `, and ${others.length} more ${others.length === 1 ? "branch" : "branches"} like it`;
    const where = `branch ${first.place.index} (ends in ${show(first.end)})`;
    const message = `${name} needs ${need}; ${where} ${has(first)}${rest}: ${add}`;
    return { requirement, message, branches: lacking.map(({ place }) => place.index) };
  };
  const ofNodes = (wrong: readonly GraphNode[], need: string, is: string, add: string) => {
    const [first, ...others] = wrong;
    if (first === undefined) return undefined;
    const rest = others.length === 0 ? "" : ` (and ${others.length} more)`;
    const message = `${name} needs ${need}, but node ${show(first.name)}${rest} ${is}: ${add}`;
    return { requirement, message, nodes: wrong.map((node) => node.name) };
  };

  switch (requirement.kind) {
    case "residual":
      return branches.length > 0
        ? undefined
        : { requirement, message: `${name} needs residual branches, but the network has none` };
    case "branch-scalar":
      return ofBranches(
        branches.filter(({ place }) => place.gate?.kind !== "branch-gate"),
        "a learnable scalar at the end of each residual branch",
        () => "has none",
        `multiply the branch's output by a parameter that starts at ${requirement.initial}`,
      );
    case "branch-end":
      return ofBranches(
        branches.filter(({ place }) => place.gate === undefined),
        "a norm or a gate after the last weight of each residual branch",
        () => "has none",
        "put a norm with a scale there (post-norm branches, as in ResNet), or multiply by a parameter",
      );
    case "branch-biases":
      return ofBranches(
        branches.filter(({ place, biases }) => biases < place.weights),
        "a bias before or behind each weight of a residual branch",
        ({ place, biases }) => `has ${biases} for ${place.weights} weights`,
        "add a learnable scalar that starts at 0 before each weight and each non-linearity",
      );
    case "no-norm":
      return ofNodes(
        graph.nodes.filter(({ op }) => op === "norm"),
        "a network without normalization",
        "is a norm",
        "remove it",
      );
    case "post-norm":
      return postNorm(graph) >= branches.length
        ? undefined
        : {
            requirement,
            message:
              `${name} needs a norm right behind each residual sum, but only ${postNorm(graph)} of ${branches.length} sums have one: ` +
              "put the norm behind the addition (post-norm)",
          };
    case "skip-factor": {
      const needed = ({ place, network }: BranchFacts) => deepnetAlpha({ branch: place, network }, requirement);
      const lacking = branches.filter((one) => !(Math.abs((one.place.skipFactor ?? 1) / needed(one) - 1) <= TOLERANCE));
      const found = ofBranches(
        lacking,
        "the skip of each residual branch multiplied by alpha before the sum",
        (first) =>
          `has ${first.place.skipFactor ?? "no factor"} where alpha is ${Number(needed(first).toPrecision(6))}`,
        'multiply the skip by alpha in the model, or, where the model does so out of sight of the graph, pass deepnet({ alpha: "assumed" })',
      );
      return found && { ...found, factors: lacking.map(needed) };
    }
    case "recurrent": {
      const layers = graph.nodes.filter(({ op }) => op === "recurrent");
      if (layers.length === 0) {
        return {
          requirement,
          message: `${name} needs a plain recurrent layer with ReLU, but the network has no recurrent layer`,
        };
      }
      const gated = layers.filter(({ attributes }) => attributes?.kind === "lstm" || attributes?.kind === "gru");
      return ofNodes(gated, "plain recurrent layers with ReLU", "has gates", "use a layer without gates");
    }
    case "shifted-relu":
      return ofNodes(
        plainRelus(graph),
        "shifted ReLUs, max(x, b)",
        "is a plain ReLU",
        `subtract a learnable b, one value per channel that starts at ${requirement.initial}, before it and add it again behind it`,
      );
  }
}

/** The branches that have sites of their own, in forward order. */
function factsOf(sites: readonly Site[]): BranchFacts[] {
  const byIndex = new Map<number, Site[]>();
  for (const site of sites) {
    if (site.branch !== undefined) byIndex.set(site.branch.index, [...(byIndex.get(site.branch.index) ?? []), site]);
  }
  return [...byIndex.values()]
    .map((own) => {
      const end = own.find(({ closesBranch }) => closesBranch) ?? own[own.length - 1]!;
      const biases = own.filter(({ role }) => role === "bias").length;
      return { place: end.branch!, end: end.parameter, network: end.network, biases };
    })
    .sort((a, b) => a.place.index - b.place.index);
}

/** Number of norms that read a sum which nothing else reads. */
function postNorm({ nodes, outputs }: Graph): number {
  const maker = new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node])));
  const readers = new Map<string, number>(outputs.map((output) => [output, 1]));
  for (const { inputs } of nodes) for (const input of inputs) readers.set(input, (readers.get(input) ?? 0) + 1);
  const sum = (value: string): boolean => {
    const node = maker.get(value);
    if (node === undefined || readers.get(value) !== 1) return false;
    return node.op === "add" || (node.op === "move" && sum(node.inputs[0]!));
  };
  return nodes.filter(({ op, inputs }) => op === "norm" && sum(inputs[0]!)).length;
}

/** ReLUs without a shift on both sides. */
function plainRelus({ nodes }: Graph): GraphNode[] {
  const shifted = (values: readonly string[], side: "inputs" | "outputs") =>
    nodes.some((node) => node.op === "shift" && node[side].some((value) => values.includes(value)));
  return nodes.filter(
    ({ op, attributes, inputs, outputs }) =>
      op === "activation" && attributes?.kind === "relu" && !(shifted(inputs, "outputs") && shifted(outputs, "inputs")),
  );
}
