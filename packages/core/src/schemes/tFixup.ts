/** T-Fixup: Transformers without LayerNorm and without warm-up. */
import type { Site } from "../graph/site.js";
import { readOptions } from "../initializers/check.js";
import { xavierUniform } from "../initializers/glorotUniform.js";
import { normal } from "../initializers/normal.js";
import { toCanonical } from "../shape.js";
import { byRole } from "./byRole.js";
import { checkDepth, DEPTH_OPTIONS, type DepthOptions, inBranch, layersOf, root, tFixupFactor } from "./depth.js";
import { lastPartScaled } from "./scaledParts.js";
import type { Scheme } from "./scheme.js";

/**
 * Every kernel Xavier uniform; values, attention outputs and feed-forward weights scaled down with depth.
 *
 * | parameter | value |
 * |---|---|
 * | value, attention output, feed-forward, in an encoder of N layers or a single stack | Xavier · 0.67·N^(−1/4) |
 * | the same in a decoder of M layers | Xavier · (9M)^(−1/4) |
 * | query, key, head, every other kernel | Xavier |
 * | token embeddings of width d | N(0, 1/d) · (9N)^(−1/4) |
 *
 * Each part of a packed weight counts by itself, and the last one is the value. Biases 0. Positions are left as they are.
 *
 * Source: Huang et al., "Improving Transformer optimization through better initialization", ICML 2020, 3.2; the authors' code.
 *
 * @throws {IdinitError} for a layer count out of range; `pick` throws where nothing says how many there are.
 * @example initialize(graph, { scheme: tFixup({ encoderLayers: 6, decoderLayers: 6 }) })
 */
export function tFixup(options: DepthOptions = {}): Scheme {
  const depth = readOptions("t-fixup", options, DEPTH_OPTIONS);
  checkDepth("t-fixup", depth);
  const kernel = xavierUniform();
  const embedding = (site: Site) => {
    const { encoder } = layersOf("t-fixup", site, depth);
    const { out } = toCanonical(site.shape, { layout: site.layout }, "t-fixup", site.parameter);
    return normal({ std: 1 / (root(9 * encoder, 4) * Math.sqrt(out)) });
  };
  const scaled = (site: Site) => (inBranch(site) ? xavierUniform({ gain: tFixupFactor(site, depth) }) : kernel);
  return byRole(
    "t-fixup",
    depth,
    scaled,
    {
      embedding,
      "tied-head": embedding,
      query: kernel,
      key: kernel,
      "query-key-value": (site) => lastPartScaled(kernel, tFixupFactor(site, depth)),
    },
    [{ kind: "residual" }, { kind: "no-norm" }],
  );
}
