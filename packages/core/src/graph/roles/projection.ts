/** Traces an operand of attention back to the weight that projects it, and to the part of that weight's outputs. */
import { toCanonical } from "../../shape.js";
import type { GraphNode, ParameterUse } from "../graph.js";
import type { Wiring } from "../wiring.js";

/** A part of a weight's outputs: number `index` of `count` equal parts; count 0 where the parts are not equal. */
export interface Cut {
  readonly index: number;
  readonly count: number;
  /** Sizes as they were found, for messages. */
  readonly sizes: string;
}

/** A weight that makes an operand. */
export interface Projection {
  readonly node: GraphNode;
  readonly use: ParameterUse;
  /** Absent where all outputs are used. */
  readonly cut?: Cut;
}

const PASSED: readonly string[] = ["move", "norm", "scale", "shift", "gather", "pad", "slice", "split"];
const JOINED: readonly string[] = ["add", "sub", "mul", "div", "concat"];

/**
 * The weights behind an operand of attention, through reshapes, norms (QK-norm), constants and rotary embeddings.
 * Empty where the operand is no projection: what comes over a residual join or out of another operation.
 */
export function projections(wiring: Wiring, value: string, joins: ReadonlySet<GraphNode>): readonly Projection[] {
  const node = wiring.maker(value);
  if (node === undefined || joins.has(node)) return [];
  const use = node.op === "dense" || node.op === "conv" ? node.slots?.kernel : undefined;
  if (use !== undefined) {
    const cut = use.rows && rowsCut(wiring, use, use.rows);
    return [{ node, use, ...(cut && { cut }) }];
  }
  const data = wiring.data(node);
  if (JOINED.includes(node.op)) {
    const all = data.flatMap((input) => projections(wiring, input, joins));
    return all.filter((one, i) => all.findIndex((other) => other.use === one.use && sameCut(other, one)) === i);
  }
  if (!PASSED.includes(node.op) || data[0] === undefined) return [];
  const behind = projections(wiring, data[0], joins);
  // The cut nearest to the weight counts: those after it take heads or halves apart.
  return behind.map((one) => {
    const cut = one.cut ?? cutOf(wiring, node, value, one);
    return { ...one, ...(cut && { cut }) };
  });
}

function sameCut(a: Projection, b: Projection): boolean {
  return a.cut?.index === b.cut?.index && a.cut?.count === b.cut?.count;
}

function cutOf(wiring: Wiring, node: GraphNode, value: string, { use, node: kernel }: Projection): Cut | undefined {
  const { attributes = {} } = node;
  if (node.op === "split") {
    const sizes = Array.isArray(attributes.sizes) ? attributes.sizes.map(Number) : node.outputs.map(() => 1);
    const equal = sizes.every((size) => size === sizes[0]);
    return { index: node.outputs.indexOf(value), count: equal ? sizes.length : 0, sizes: `[${sizes.join(", ")}]` };
  }
  if (Array.isArray(attributes.channelPart)) {
    const [index, count] = attributes.channelPart.map(Number);
    return { index: index!, count: count!, sizes: `1/${count}` };
  }
  if (node.op === "slice" && typeof attributes.start === "number" && typeof attributes.size === "number") {
    return rangeCut(attributes.start, attributes.size, outputsOf(wiring, use, kernel));
  }
  return undefined;
}

function rowsCut(wiring: Wiring, use: ParameterUse, [start, count]: readonly [number, number]): Cut {
  return rangeCut(start, count, outputsOf(wiring, use));
}

function rangeCut(start: number, size: number, out: number): Cut {
  const equal = out % size === 0 && start % size === 0;
  return { index: equal ? start / size : start, count: equal ? out / size : 0, sizes: `${size} of ${out}` };
}

/** Outputs of a weight. */
function outputsOf(wiring: Wiring, use: ParameterUse, node?: GraphNode): number {
  const shape = use.shape ?? wiring.parameters.get(use.parameter)!.shape;
  return toCanonical(shape, {
    layout: use.layout,
    groups: use.groups ?? 1,
    transposed: node?.op === "convTranspose",
  }).out;
}
