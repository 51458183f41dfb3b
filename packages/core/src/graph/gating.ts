/** Products of two values: which of them carries the signal and which is a gate on it. */
import type { GraphNode } from "./graph.js";
import { type RoleOverrides, undecided } from "./undecided.js";
import { isKernel, walkBack, weightNames, weightsBehind } from "./walk.js";
import type { Wiring } from "./wiring.js";

/**
 * The values of a `mul`, `div` or `matmul` that carry its signal. All of them where they come from the same weights (a GELU in parts).
 *
 * A side is the gate if it alone ends in a squashing function (sigmoid, softmax), else if it alone does not depend on
 * `fork` (conditioning, adaLN), else if it alone is pooled over all positions, else if it alone has a non-linearity (SwiGLU).
 *
 * @returns undefined where none of this tells them apart.
 */
export function signalSides(wiring: Wiring, node: GraphNode, fork?: string): readonly string[] | undefined {
  const sides = wiring.data(node);
  const [first, second] = sides;
  if (first === undefined || second === undefined) return sides;
  if (node.op === "div") return [first];
  const near = sides.map((side) => weightsBehind(wiring, side));
  if (sameMembers(near[0]!, near[1]!)) return sides;
  const other = (isGate: (side: string) => boolean) => {
    const gates = sides.filter(isGate);
    return gates.length === 1 ? sides.filter((side) => side !== gates[0]) : undefined;
  };
  return (
    other((side) => weightsBehind(wiring, side).size === 0) ??
    other((side) => endsIn(wiring, side, isSquash)) ??
    (fork === undefined ? undefined : other((side) => !wiring.dependsOn(side, fork))) ??
    other((side) => endsIn(wiring, side, isPooling)) ??
    other((side) => endsIn(wiring, side, ({ op }) => op === "activation"))
  );
}

/** {@link signalSides}, or what the roles given by hand say. @throws {IdinitError} where neither decides. */
export function signalSidesOrThrow(
  wiring: Wiring,
  node: GraphNode,
  fork: string,
  overrides: RoleOverrides,
): readonly string[] {
  const found = signalSides(wiring, node, fork);
  if (found !== undefined) return found;
  const sides = wiring.data(node).map((side) => ({ side, names: weightNames(weightsBehind(wiring, side)) }));
  const chosen = sides.filter(({ names }) => names.some((name) => overrides[name] === "branch-last"));
  if (chosen.length > 0) return chosen.map(({ side }) => side);
  const left = sides.filter(({ names }) => !names.some((name) => overrides[name] !== undefined));
  if (left.length === 1) return left.map(({ side }) => side);
  const [a = "", b = ""] = sides.map(({ names }) => names[0]);
  return undecided(
    `a residual branch ends in the product of ${JSON.stringify(a)} and ${JSON.stringify(b)} (node ${JSON.stringify(node.name)}); ` +
      'one of them is "branch-last", the other a gate ("hidden")',
    { [a]: "branch-last", [b]: "hidden" },
  );
}

/** Whether a value is a squashed one: sigmoid, hard sigmoid or softmax, with nothing but rearrangement behind it. */
export function isSquashed(wiring: Wiring, value: string): boolean {
  return endsIn(wiring, value, isSquash);
}

function isSquash({ op, attributes }: GraphNode): boolean {
  const kind = attributes?.kind;
  return (
    op === "softmax" || (op === "activation" && (kind === "sigmoid" || kind === "hardSigmoid" || kind === "softmax"))
  );
}

/** Whether a node takes all positions, or all channels, together. */
export function isPooling({ op, attributes }: GraphNode): boolean {
  return op === "reduce" || (op === "pool" && attributes?.global === true);
}

/** Whether a node of the wanted kind lies between a value and the weights behind it, whatever else does. */
function endsIn(wiring: Wiring, value: string, wanted: (node: GraphNode) => boolean): boolean {
  let found = false;
  const pooled = wanted === isPooling;
  walkBack(wiring, [value], (node) => {
    if (wanted(node)) found = true;
    // A pooled gate has its weights between the pool and the product; every other mark lies before the first weight.
    const stop = found || node.op === "matmul" || node.op === "mul" || (!pooled && isKernel(wiring, node));
    return stop ? [] : wiring.data(node);
  });
  return found;
}

function sameMembers<T>(a: ReadonlySet<T>, b: ReadonlySet<T>): boolean {
  return a.size === b.size && [...a].every((member) => b.has(member));
}
