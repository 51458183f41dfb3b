/** DeepNet: post-norm Transformers of a thousand layers. */
import { readOptions } from "../initializers/check.js";
import { xavierNormal } from "../initializers/glorotNormal.js";
import { byRole } from "./byRole.js";
import { checkDepth, DEPTH_OPTIONS, type DepthOptions, deepnetBeta, inBranch } from "./depth.js";
import { lastPartScaled } from "./scaledParts.js";
import type { Scheme } from "./scheme.js";

/** Parameters of {@link deepnet}. */
export interface DeepnetOptions extends DepthOptions {
  /**
   * `"checked"` (default): an error if the graph does not show α on each skip; `"assumed"`: the model multiplies by it in
   * a way that the graph does not show.
   */
  readonly alpha?: "checked" | "assumed";
}

/**
 * Kernels Xavier normal, with gain β for values, attention outputs and feed-forward weights; made for x ↦ LN(α·x + F(x)).
 *
 * | stack | α | β |
 * |---|---|---|
 * | the only one, N layers | (2N)^(1/4) | (8N)^(−1/4) |
 * | encoder of N beside a decoder of M | 0.81 (N⁴M)^(1/16) | 0.87 (N⁴M)^(−1/16) |
 * | decoder | (3M)^(1/4) | (12M)^(−1/4) |
 *
 * Each part of a packed weight counts by itself, and the last one is the value. Biases 0, norms 1 and 0, embeddings left as they are.
 *
 * Source: Wang et al., "DeepNet: scaling Transformers to 1,000 layers", 2022, figure 2.
 *
 * @throws {IdinitError} for a parameter out of range.
 * @example initialize(graph, { scheme: deepnet({ alpha: "assumed" }) })
 */
export function deepnet(options: DeepnetOptions = {}): Scheme {
  const params = readOptions("deepnet", options, { ...DEPTH_OPTIONS, alpha: ["checked", "assumed"] });
  const { alpha, ...depth } = params;
  checkDepth("deepnet", depth);
  const kernel = xavierNormal();
  return byRole(
    "deepnet",
    params,
    (site) => (inBranch(site) ? xavierNormal({ gain: deepnetBeta(site, depth) }) : kernel),
    {
      query: kernel,
      key: kernel,
      "query-key-value": (site) => lastPartScaled(kernel, deepnetBeta(site, depth)),
    },
    [
      { kind: "residual" },
      { kind: "post-norm" },
      ...(alpha === "checked" ? [{ kind: "skip-factor", rule: "deepnet", ...depth } as const] : []),
    ],
  );
}
