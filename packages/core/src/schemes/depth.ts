/** Numbers of Transformer layers, and the factors of DeepNet and T-Fixup that depend on them. */
import { failing, IdinitError } from "../errors.js";
import type { Role, Site } from "../graph/site.js";
import type { Rules } from "../initializers/check.js";
import { isCount } from "../shape.js";

/** Layer counts by hand. */
export interface DepthOptions {
  /** Number N of encoder layers, or of layers in all where there is one stack. Default `"auto"`: half the residual branches of the stack. */
  readonly encoderLayers?: number | "auto";
  /** Number M of decoder layers. Default `"auto"`: a third of the decoder's residual branches. */
  readonly decoderLayers?: number | "auto";
}

/** How schemes read these options; {@link checkDepth} checks them. */
export const DEPTH_OPTIONS: Rules<DepthOptions> = { encoderLayers: "auto", decoderLayers: "auto" };

/** What a site must tell. */
type Place = Pick<Site, "branch" | "attention" | "network">;

const ATTENTION: readonly Role[] = ["query", "key", "value", "query-key-value", "attention-output"];

/** Whether a kernel is one of a Transformer's layers. */
export function inBranch({ branch, closesBranch, role }: Site): boolean {
  return branch !== undefined || closesBranch || ATTENTION.includes(role);
}

/** The `degree`-th root, a power of 2, by square roots: the same bits in every engine, which `**` is not. */
export function root(value: number, degree: number): number {
  let result = value;
  for (let left = degree; left > 1; left /= 2) result = Math.sqrt(result);
  return result;
}

/** @throws {IdinitError} for a count that is not an integer >= 1. */
export function checkDepth(who: string, depth: Required<DepthOptions>): void {
  for (const [name, count] of Object.entries(depth)) {
    if (count !== "auto" && !isCount(count)) failing(who)(`${name} must be an integer >= 1 or "auto"`, count);
  }
}

/**
 * Layers of the encoder and the decoder; one stack counts as an encoder, and `decoder` is undefined.
 *
 * @throws {IdinitError} where nothing says how many there are.
 */
export function layersOf(
  who: string,
  { network }: Place,
  options: Required<DepthOptions>,
): { encoder: number; decoder?: number } {
  const { encoderLayers, decoderLayers } = options;
  const { stacks, branches } = network;
  const given = (count: number | "auto", otherwise: number) => {
    const layers = count === "auto" ? otherwise : count;
    if (layers > 0) return layers;
    throw new IdinitError(`${who}: needs the number of layers, but the network has no residual branches to tell it`);
  };
  if (stacks === undefined) return { encoder: given(encoderLayers, branches / 2) };
  return { encoder: given(encoderLayers, stacks.encoder / 2), decoder: given(decoderLayers, stacks.decoder / 3) };
}

/** The keys and values of a decoder's attention are its own, though they are made of what the encoder ends in. */
function inDecoder({ branch, attention }: Place): boolean {
  return (attention?.stack ?? branch?.stack) === "decoder";
}

/**
 * DeepNet's α, the factor on the skip of a residual branch.
 *
 *     one stack of N layers  (2N)^(1/4)
 *     encoder                0.81 (N⁴M)^(1/16)
 *     decoder                (3M)^(1/4)
 */
export function deepnetAlpha(place: Place, options: Required<DepthOptions>): number {
  const { encoder: n, decoder: m } = layersOf("deepnet", place, options);
  if (m === undefined) return root(2 * n, 4);
  return inDecoder(place) ? root(3 * m, 4) : 0.81 * root(n * n * n * n * m, 16);
}

/**
 * DeepNet's β, the gain of values, output projections and feed-forward weights.
 *
 *     one stack of N layers  (8N)^(−1/4)
 *     encoder                0.87 (N⁴M)^(−1/16)
 *     decoder                (12M)^(−1/4)
 */
export function deepnetBeta(place: Place, options: Required<DepthOptions>): number {
  const { encoder: n, decoder: m } = layersOf("deepnet", place, options);
  if (m === undefined) return 1 / root(8 * n, 4);
  return inDecoder(place) ? 1 / root(12 * m, 4) : 0.87 / root(n * n * n * n * m, 16);
}

/** T-Fixup's factor on the same weights: 0.67 N^(−1/4) in an encoder or a single stack, (9M)^(−1/4) in a decoder. */
export function tFixupFactor(place: Place, options: Required<DepthOptions>): number {
  const { encoder: n, decoder: m } = layersOf("t-fixup", place, options);
  return m !== undefined && inDecoder(place) ? 1 / root(9 * m, 4) : 0.67 / root(n, 4);
}
