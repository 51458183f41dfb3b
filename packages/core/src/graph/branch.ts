/** One residual branch: its weights, its last ones, its gate. */
import { signalSidesOrThrow } from "./gating.js";
import type { GraphNode } from "./graph.js";
import type { Candidate } from "./skip.js";
import type { RoleOverrides } from "./undecided.js";
import { isKernel, walkBack, walkForward } from "./walk.js";
import type { Wiring } from "./wiring.js";

/** A residual branch and its join: out = skip + branch. */
export interface Branch {
  /** The addition. */
  readonly join: GraphNode;
  /** The value where skip and branch part. */
  readonly fork: string;
  /** The value that comes to the join over the skip path. */
  readonly skip: string;
  /** The projection on the skip path. */
  readonly shortcut?: GraphNode;
  /** Product of the constants that the skip path is multiplied by, if the graph shows any. */
  readonly skipFactor?: number;
  /** Every node between fork and join on the branch. */
  readonly region: ReadonlySet<GraphNode>;
  /** The kernels that make the branch's output: more than one where parallel paths end together (experts). */
  readonly last: readonly GraphNode[];
  /** Number of kernels before each node of the region, on the longest path. */
  readonly depth: ReadonlyMap<GraphNode, number>;
  /** Number of kernels on the longest path, m. */
  readonly weights: number;
  /** The parameter that scales the branch's output behind its last weight. */
  readonly gate?: { readonly parameter: string; readonly kind: "norm-scale" | "branch-gate" };
}

/** Describes the branch of a possible join; undefined if it is none. */
export function closeBranch(
  wiring: Wiring,
  join: GraphNode,
  { skip, end, step }: Candidate,
  joins: ReadonlyMap<GraphNode, Branch>,
  overrides: RoleOverrides,
): Branch | undefined {
  const fork = step.value;
  const region = between(wiring, fork, end);
  const samplesUp = (nodes: Iterable<GraphNode>) =>
    [...nodes].some(({ op }) => op === "upsample" || op === "convTranspose");
  if (samplesUp(region) && !samplesUp(step.path)) return undefined;
  const { last, tail } = findLast(wiring, end, fork, joins, overrides);
  if (last.length === 0 || last.some((node) => leaks(wiring, node, join))) return undefined;
  const depth = depths(wiring, region);
  const gate = findGate(tail);
  const skipFactor = factorOf(step.path);
  return {
    join,
    fork,
    skip,
    ...(step.projection && { shortcut: step.projection }),
    ...(skipFactor !== undefined && { skipFactor }),
    region,
    last,
    depth,
    weights: Math.max(...last.map((node) => depth.get(node)! + 1)),
    ...(gate && { gate }),
  };
}

function between(wiring: Wiring, fork: string, end: string): Set<GraphNode> {
  const region = new Set<GraphNode>();
  const inside = (value: string) => value !== fork && wiring.dependsOn(value, fork);
  walkBack(wiring, [end].filter(inside), (node) => {
    region.add(node);
    return node.inputs.filter(inside);
  });
  const origin = wiring.maker(fork);
  if (origin !== undefined) region.delete(origin);
  return region;
}

/** Last kernels before the join, and the nodes behind them in reverse order. An inner branch is closed by itself: only its skip counts. */
function findLast(
  wiring: Wiring,
  end: string,
  fork: string,
  joins: ReadonlyMap<GraphNode, Branch>,
  overrides: RoleOverrides,
): { last: GraphNode[]; tail: GraphNode[] } {
  const last: GraphNode[] = [];
  const tail: GraphNode[] = [];
  const inside = (value: string) => value !== fork && wiring.dependsOn(value, fork);
  const origin = wiring.maker(fork);
  walkBack(wiring, [end].filter(inside), (node) => {
    if (node === origin) return [];
    if (isKernel(wiring, node)) {
      last.push(node);
      return [];
    }
    tail.push(node);
    const join = joins.get(node);
    if (join !== undefined) return [join.skip].filter(inside);
    const product = node.op === "mul" || node.op === "div" || node.op === "matmul";
    const sides = product ? signalSidesOrThrow(wiring, node, fork, overrides) : wiring.data(node);
    return sides.filter(inside);
  });
  return { last, tail };
}

/** Whether what a branch's last weight makes is used past the join as well. */
function leaks(wiring: Wiring, last: GraphNode, join: GraphNode): boolean {
  let found = false;
  walkForward(wiring, last, (node) => {
    if (node === join) return false;
    const towards = node.outputs.some((output) => wiring.dependsOn(join.outputs[0]!, output));
    if (!towards) found = true;
    return towards;
  });
  return found;
}

function depths(wiring: Wiring, region: ReadonlySet<GraphNode>): Map<GraphNode, number> {
  const depth = new Map<GraphNode, number>();
  const forward = [...region].sort((a, b) => wiring.order(a) - wiring.order(b));
  for (const node of forward) {
    const before = node.inputs.map((input) => {
      const maker = wiring.maker(input);
      const known = maker && depth.get(maker);
      return maker === undefined || known === undefined ? 0 : known + (isKernel(wiring, maker) ? 1 : 0);
    });
    depth.set(node, Math.max(0, ...before));
  }
  return depth;
}

function factorOf(path: readonly GraphNode[]): number | undefined {
  const factors = path.map(({ attributes }) => attributes?.factor).filter((factor) => typeof factor === "number");
  return factors.length === 0 ? undefined : factors.reduce((product, factor) => product * factor, 1);
}

function findGate(tail: readonly GraphNode[]): Branch["gate"] {
  const gate = tail.find((node) => node.op === "scale")?.slots?.gate;
  if (gate !== undefined) return { parameter: gate.parameter, kind: "branch-gate" };
  const scale = tail.find((node) => node.op === "norm")?.slots?.scale;
  return scale && { parameter: scale.parameter, kind: "norm-scale" };
}
