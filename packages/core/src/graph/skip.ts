/** Skip paths: how far back a value reaches without being computed anew. */
import type { GraphNode } from "./graph.js";
import type { Wiring } from "./wiring.js";

/** One point on a skip path, seen backwards from a join. */
export interface SkipStep {
  readonly value: string;
  /** The projection passed on the way, if any. */
  readonly projection?: GraphNode;
  /** Whether a non-linearity was passed: only before a projection, as a pre-activation. */
  readonly activated: boolean;
  /** Nodes passed. */
  readonly path: readonly GraphNode[];
}

/** A way to see an addition: `skip` reaches `step.value`, from which `end` is computed. */
export interface Candidate {
  readonly skip: string;
  readonly end: string;
  readonly step: SkipStep;
}

const PASSED: readonly string[] = ["move", "pool", "pad", "slice", "split", "norm", "upsample", "scale", "shift"];

/**
 * All points of the path behind `value` that a residual shortcut may have: values passed on, pooled, padded, cut,
 * normed, and at most one dense or conv kernel that nothing else uses. Inner residual joins are crossed on their own skip side.
 */
export function skipPath(wiring: Wiring, value: string, joins: ReadonlyMap<GraphNode, { skip: string }>): SkipStep[] {
  let step: SkipStep = { value, activated: false, path: [] };
  const steps = [step];
  for (;;) {
    const node = wiring.maker(step.value);
    if (node === undefined) return steps;
    const next = pass(wiring, node, step, joins);
    if (next === undefined) return steps;
    step = { ...next, path: [...step.path, node] };
    steps.push(step);
  }
}

function pass(
  wiring: Wiring,
  node: GraphNode,
  step: SkipStep,
  joins: ReadonlyMap<GraphNode, { skip: string }>,
): Omit<SkipStep, "path"> | undefined {
  const join = joins.get(node);
  if (join !== undefined) return { ...step, value: join.skip };
  const data = wiring.data(node);
  const [value] = data;
  if (value === undefined) return undefined;
  if (PASSED.includes(node.op)) return { ...step, value };
  // Arithmetic with constants, and concatenation with them or with copies of the same (channels padded with zeros).
  if (["add", "sub", "mul", "div", "concat"].includes(node.op) && data.length === 1) return { ...step, value };
  if (node.op === "concat" && data.every((part) => rawSource(wiring, part) === rawSource(wiring, value))) {
    return { ...step, value: rawSource(wiring, value) };
  }
  if (node.op === "activation" && step.projection !== undefined) return { ...step, value, activated: true };
  const kernel = node.op === "dense" || node.op === "conv" ? node.slots?.kernel : undefined;
  if (kernel !== undefined && step.projection === undefined && wiring.uses.get(kernel.parameter)!.length === 1) {
    return { ...step, value, projection: node };
  }
  return undefined;
}

/** The value behind rearrangement and pooling. */
function rawSource(wiring: Wiring, value: string): string {
  let source = value;
  for (;;) {
    const node = wiring.maker(source);
    const data = node === undefined ? [] : wiring.data(node);
    const passed = node !== undefined && ["move", "pool", "mul"].includes(node.op) && data.length === 1;
    if (!passed) return source;
    source = data[0]!;
  }
}
