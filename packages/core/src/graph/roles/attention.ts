/** Attention, recognised by structure: softmax of a matrix product of two projections, times a third one. */
import type { GraphNode } from "../graph.js";
import type { AttentionPlace } from "../site.js";
import { type RoleOverrides, undecided } from "../undecided.js";
import { walkBack, walkForward } from "../walk.js";
import type { Wiring } from "../wiring.js";
import { type Finding, type Findings, quote } from "./finding.js";
import { type Projection, projections } from "./projection.js";

type Operand = "query" | "key" | "value";

const SCORE_PATH: readonly string[] = [
  "move",
  "add",
  "sub",
  "mul",
  "div",
  "scale",
  "shift",
  "slice",
  "pad",
  "concat",
  "gather",
];
const OUTPUT_PATH: readonly string[] = ["move", "slice", "concat", "gather", "split"];

/** Made by {@link findAttention}. */
export interface Attention {
  readonly roles: Findings;
  /** Which weights belong together, by parameter name. */
  readonly places: ReadonlyMap<string, AttentionPlace>;
  /** The kernels that make a query and a key for each other. */
  readonly scores: readonly { readonly query: GraphNode; readonly key: GraphNode }[];
}

/**
 * Roles of attention's weights: query and key are the operands of the product inside the softmax, value the other operand of the product
 * with the softmax, and the output projection is the next dense or conv behind that. One weight for several of them is
 * packed if each takes its own equal part of its outputs.
 *
 * @throws {IdinitError} where a packed weight's parts are not equal (multi-query attention): no initializer fits all of them.
 */
export function findAttention(wiring: Wiring, joins: ReadonlySet<GraphNode>, overrides: RoleOverrides): Attention {
  const operands = new Map<string, { operand: Operand; projection: Projection; softmax: string }[]>();
  const findings = new Map<string, Finding>();
  const places = new Map<string, AttentionPlace>();
  const pairs: Attention["scores"][number][] = [];
  for (const softmax of wiring.nodes.filter(({ op }) => op === "softmax")) {
    const scores = scoreProducts(wiring, softmax);
    const products = valueProducts(wiring, softmax);
    if (scores.length === 0 || products.length === 0) continue;
    const values: [Operand, string][] = [
      ...scores.flatMap((node): [Operand, string][] => [
        ["query", node.inputs[0]!],
        ["key", node.inputs[1]!],
      ]),
      ...products.map(({ value }): [Operand, string] => ["value", value]),
    ];
    const found: [place: Operand | "output", parameter: string][] = [];
    const made: Record<Operand, GraphNode[]> = { query: [], key: [], value: [] };
    for (const [operand, value] of values) {
      for (const projection of projections(wiring, value, joins)) {
        const { parameter } = projection.use;
        operands.set(parameter, [...(operands.get(parameter) ?? []), { operand, projection, softmax: softmax.name }]);
        found.push([operand, parameter]);
        made[operand].push(projection.node);
      }
    }
    for (const { node } of products) {
      for (const output of outputProjections(wiring, node, joins)) {
        const { parameter } = output.slots!.kernel!;
        const reason = `first weight behind the attention of softmax ${quote(softmax.name)}`;
        findings.set(parameter, { role: "attention-output", reason });
        found.push(["output", parameter]);
      }
    }
    pairs.push(...made.query.flatMap((query) => made.key.map((key) => ({ query, key }))));
    const place = placeOf(softmax, found);
    for (const [, parameter] of found) if (!places.has(parameter)) places.set(parameter, place);
  }
  for (const [parameter, found] of operands) findings.set(parameter, operandRole(parameter, found, overrides));
  return { roles: findings, places, scores: pairs };
}

function placeOf({ attributes }: GraphNode, found: readonly (readonly [Operand | "output", string])[]): AttentionPlace {
  const heads = attributes?.heads;
  return {
    ...Object.fromEntries([...found].reverse()),
    ...(typeof heads === "number" && { heads }),
  };
}

/** The matrix products whose sum, scaled and masked, a softmax takes. */
function scoreProducts(wiring: Wiring, softmax: GraphNode): GraphNode[] {
  const found: GraphNode[] = [];
  walkBack(wiring, wiring.data(softmax), (node) => {
    if (node.op === "matmul") found.push(node);
    const bare = node.op === "opaque" && !wiring.isWeighted(node);
    return SCORE_PATH.includes(node.op) || bare ? wiring.data(node) : [];
  });
  return found;
}

/** The matrix products that take a softmax's result, with their other operand. */
function valueProducts(wiring: Wiring, softmax: GraphNode): { node: GraphNode; value: string }[] {
  const found: { node: GraphNode; value: string }[] = [];
  walkForward(wiring, softmax, (node, from) => {
    if (node.op === "matmul") {
      const value = node.inputs.find((input) => !from.outputs.includes(input));
      if (value !== undefined) found.push({ node, value });
      return false;
    }
    const bare = node.op === "opaque" && !wiring.isWeighted(node);
    return node.op === "move" || node.op === "slice" || bare || (node.op === "mul" && wiring.data(node).length === 1);
  });
  return found;
}

function outputProjections(wiring: Wiring, product: GraphNode, joins: ReadonlySet<GraphNode>): GraphNode[] {
  const found: GraphNode[] = [];
  walkForward(wiring, product, (node) => {
    if (node.slots?.kernel !== undefined) found.push(node);
    return !joins.has(node) && OUTPUT_PATH.includes(node.op);
  });
  return found;
}

function operandRole(
  parameter: string,
  found: readonly { operand: Operand; projection: Projection; softmax: string }[],
  overrides: RoleOverrides,
): Finding {
  const where = `the attention of softmax ${quote(found[0]!.softmax)}`;
  const names = (["query", "key", "value"] as const).filter((name) => found.some(({ operand }) => operand === name));
  const list = names.join(", ").replace(/, ([a-z]+)$/, " and $1");
  const [first = "value"] = names;
  if (names.length === 1) return { role: first, reason: `projection of the ${first} of ${where}` };
  const cuts = found.map(({ projection }) => projection.cut);
  if (cuts.every((cut) => cut === undefined)) return { role: first, reason: `one projection for ${list} of ${where}` };
  const count = cuts[0]?.count ?? 0;
  const places = new Map<number, Set<Operand>>();
  found.forEach(({ operand, projection: { cut } }) => {
    if (cut !== undefined) places.set(cut.index, new Set([...(places.get(cut.index) ?? []), operand]));
  });
  const own = [...places.values()].every(({ size }) => size === 1) && places.size === names.length;
  if ((count === 0 || cuts.some((cut) => cut?.count !== count) || !own) && overrides[parameter] === undefined) {
    const sizes = [...new Set(cuts.map((cut) => cut?.sizes ?? "all"))].join(", ");
    undecided(
      `${quote(parameter)} holds ${list} of ${where} in parts that are not equal (${sizes}), so it can't be initialized part by part; ` +
        'as "hidden" it is initialized as a whole',
      { [parameter]: "hidden" },
    );
  }
  const parts = Math.max(count, 1);
  return { role: "query-key-value", parts, reason: `packs ${list} of ${where} in ${parts} equal parts` };
}
