/** The mimetic scheme: attention as trained Transformers have it. */
import { IdinitError, show } from "../errors.js";
import type { Site } from "../graph/site.js";
import { readOptions } from "../initializers/check.js";
import { type MimeticOptions, mimetic as mimeticAttention, QUERY_KEY, VALUE_OUTPUT } from "../initializers/mimetic.js";
import { truncatedNormal } from "../initializers/truncatedNormal.js";
import { byRole } from "./byRole.js";
import type { Scheme } from "./scheme.js";

/** Parameters of {@link mimetic}. */
export interface MimeticSchemeOptions extends Partial<Omit<MimeticOptions, "heads" | "attention">> {
  /** Number of heads of every attention. Default `"auto"`: as the graph shows it. */
  readonly heads?: number | "auto";
}

/**
 * Query, key, value and output of each attention together, see {@link mimeticAttention}; every other kernel N(0, 0.02²) within ±2, as timm
 * has it. Biases 0, norms 1 and 0, embeddings and positions left as they are.
 *
 * Source: Trockman and Kolter, "Mimetic initialization of self-attention layers", ICML 2023.
 *
 * @throws {IdinitError} for a parameter out of range; `pick` throws for an attention of which nothing says how many heads it has.
 * @example initialize(vit, { scheme: mimetic({ heads: 3 }) })
 */
export function mimetic(options: MimeticSchemeOptions = {}): Scheme {
  const params = readOptions("mimetic", options, { heads: "auto", queryKey: QUERY_KEY, valueOutput: VALUE_OUTPUT });
  const { heads, ...products } = params;
  // Bad parameters are told here and not at the first attention.
  mimeticAttention({ heads: heads === "auto" ? 1 : heads, attention: "", ...products });
  function attentionOf(site: Site) {
    const { query, key, value, output, heads: shown } = site.attention ?? {};
    const count = heads === "auto" ? shown : heads;
    if (count === undefined) {
      throw new IdinitError(
        `mimetic: nothing says how many heads the attention of ${show(site.parameter)} has; pass mimetic({ heads })`,
      );
    }
    const attention = `attention(${[query, key, value, output].join(", ")})`;
    return mimeticAttention({ heads: count, attention, ...products });
  }
  return byRole("mimetic", params, truncatedNormal({ std: 0.02 }), {
    query: (site) => attentionOf(site).query,
    key: (site) => attentionOf(site).key,
    value: (site) => attentionOf(site).value,
    "attention-output": (site) => attentionOf(site).output,
    "query-key-value": (site) => attentionOf(site).queryKeyValue,
  });
}
