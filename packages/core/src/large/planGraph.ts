/** A plan of weights from a graph. */
import type { Graph } from "../graph/graph.js";
import { checkNotStarved, isShut, resolve } from "../initialize.js";
import type { Initializer } from "../initializer.js";
import { type PlanOptions, plan } from "../plan.js";
import { makePiece, reused } from "./makePiece.js";
import { piecesOf } from "./pieces.js";
import type { PlannedTensor, WeightPlan } from "./weightPlan.js";

/** Options of {@link planGraph}. */
export type PlanGraphOptions = Omit<PlanOptions, "present">;

/** Bytes of the pieces in which a weight is looked at. */
const GLANCE = 2 ** 20;

/**
 * What `initialize` would make of a graph, not yet made: each used parameter with its initializer, in the order of the graph. All values
 * are made from nothing: embeddings, positions and tied heads are N(0, 0.02²), branch gates 0 and PReLU slopes 0.25 where the scheme
 * leaves them.
 *
 * @throws {IdinitError} as `initialize` does.
 * @example await writeSafetensors(planGraph(graph, { scheme: "idinit" }), toFolder("model"))
 */
export function planGraph(graph: Graph, options: PlanGraphOptions = {}): WeightPlan {
  const entries = plan(graph, options);
  const shapes = new Map(graph.parameters.map(({ name, shape }) => [name, shape]));
  const tensors = new Map<string, PlannedTensor>();
  for (const entry of entries) {
    const { parameter: name, role, shape, layout, groups, parts, transposed } = entry.site;
    tensors.set(name, {
      name,
      shape: shapes.get(name)!,
      role,
      // Without present values nothing is left.
      initializer: resolve(entry, undefined) as Initializer,
      view: { shape, layout, groups, parts, transposed },
    });
  }
  for (const { site } of entries) checkNotStarved(site, (name) => isShutTensor(tensors.get(name)));
  return [...tensors.values()];
}

/** Whether the tensor's values hold a branch shut. It is made piece by piece, up to the first value that does not. */
function isShutTensor(tensor: PlannedTensor | undefined): boolean {
  if (tensor === undefined) return false;
  const buffers = reused("float32");
  return piecesOf([tensor], GLANCE).every((piece) => {
    const data = makePiece(piece, { seed: 0, dtype: "float32" }, buffers);
    return data instanceof Float32Array && isShut(data);
  });
}
