/** Layer-sequential unit-variance initialization: weights scaled by what a batch of data makes of them. */
import { checkObject, IdinitError, show } from "./errors.js";
import type { Graph } from "./graph/graph.js";
import { inferRoles } from "./graph/roles.js";
import type { Site } from "./graph/site.js";
import { validate } from "./graph/validate.js";
import { type InitializeOptions, initialize } from "./initialize.js";
import { checkNumber } from "./initializers/check.js";
import { orthogonal } from "./schemes/orthogonal.js";

/** A kernel and the node that it is in. */
type Layer = Pick<Site, "parameter" | "node">;

/** Options of {@link lsuv}. */
export interface LsuvOptions extends Omit<InitializeOptions, "scheme"> {
  /**
   * Runs one batch through the network with the given weights and returns all values that the layer's node makes, before any non-linearity. Must
   * always take the same batch. `weights` are those made so far, by parameter name; what it lacks is as the model has it.
   */
  readonly forward: (
    weights: ReadonlyMap<string, Float32Array>,
    layer: Layer,
  ) => ArrayLike<number> | Promise<ArrayLike<number>>;
  /** How far the variance may be from 1, > 0. Default 0.1. */
  readonly tolerance?: number;
  /** Most corrections of one layer, an integer >= 1. Default 20. */
  readonly maxTries?: number;
  /** What is scaled. Default: the `orthogonal` scheme with gain 1. */
  readonly scheme?: InitializeOptions["scheme"];
}

/** What became of one layer. */
export interface LsuvLayer {
  readonly parameter: string;
  /** Variance of the layer's output at the end. */
  readonly variance: number;
  /** Number of corrections. */
  readonly tries: number;
  /** Whether the variance is within the tolerance. */
  readonly converged: boolean;
}

/** Made by {@link lsuv}. */
export interface LsuvResult {
  /** As from {@link initialize}. */
  readonly weights: Map<string, Float32Array>;
  /** In forward order. */
  readonly layers: readonly LsuvLayer[];
}

/**
 * Orthonormal weights, then layer by layer in forward order: run one batch and divide the layer's weight by the standard deviation of its
 * output, until the variance is 1 ± tolerance or `maxTries` is reached.
 *
 *     W ← W / √Var(output)   while |1 − Var(output)| > tolerance
 *
 * Only dense and convolution kernels are scaled; each counts once, where it is used first. A layer that does not get there is no error, but
 * `converged` is false.
 *
 * Source: Mishkin and Matas, "All you need is a good init", ICLR 2016, algorithm 1.
 *
 * @throws {IdinitError} as {@link initialize} does, for a parameter out of range, and for a layer whose output has no variance or is not
 * finite.
 * @example const { weights, layers } = await lsuv(graph, { seed: 1, forward: (weights, { node }) => run(weights, batch, node) });
 */
export async function lsuv(graph: Graph, options: LsuvOptions): Promise<LsuvResult> {
  checkObject("lsuv", "options", options);
  const { forward, tolerance = 0.1, maxTries = 20, scheme = orthogonal({ gain: 1 }), ...rest } = options;
  if (typeof forward !== "function") throw new IdinitError(`lsuv: forward must be a function, got ${show(forward)}`);
  checkNumber("lsuv", "tolerance", tolerance, 0, true);
  if (!Number.isInteger(maxTries) || maxTries < 1) {
    throw new IdinitError(`lsuv: maxTries must be an integer >= 1, got ${show(maxTries)}`);
  }
  const weights = initialize(graph, { ...rest, scheme });
  const layers: LsuvLayer[] = [];
  for (const layer of kernelsOf(graph, rest, weights)) {
    const { parameter } = layer;
    let variance = varianceOf(await forward(weights, layer), parameter);
    let tries = 0;
    while (!(Math.abs(1 - variance) <= tolerance) && tries < maxTries) {
      const factor = 1 / Math.sqrt(variance);
      weights.set(
        parameter,
        weights.get(parameter)!.map((value) => value * factor),
      );
      variance = varianceOf(await forward(weights, layer), parameter);
      tries++;
    }
    layers.push({ parameter, variance, tries, converged: Math.abs(1 - variance) <= tolerance });
  }
  return { weights, layers };
}

/** The dense and convolution kernels that have been made, in forward order. */
function kernelsOf(
  graph: Graph,
  { roles, present }: Pick<LsuvOptions, "roles" | "present">,
  weights: ReadonlyMap<string, Float32Array>,
): Layer[] {
  const order = new Map(validate(graph).map((node, i) => [node.name, { i, kernel: node.slots?.kernel?.parameter }]));
  return inferRoles(graph, { ...(roles && { roles }), ...(present && { present }) })
    .filter(({ parameter, node }) => order.get(node)?.kernel === parameter && weights.has(parameter))
    .sort((a, b) => order.get(a.node)!.i - order.get(b.node)!.i)
    .map(({ parameter, node }) => ({ parameter, node }));
}

function varianceOf(values: ArrayLike<number>, parameter: string): number {
  let mean = 0;
  for (let i = 0; i < values.length; i++) mean += values[i]!;
  mean /= values.length;
  let variance = 0;
  for (let i = 0; i < values.length; i++) variance += (values[i]! - mean) ** 2;
  variance /= values.length;
  if (variance > 0 && Number.isFinite(variance)) return variance;
  throw new IdinitError(
    `lsuv: the output of layer ${show(parameter)} needs a finite variance above 0 to be scaled by, got ${variance} over ` +
      `${values.length} values`,
  );
}
