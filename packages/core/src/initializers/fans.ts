/** Fans: how many inputs an output reads, and how many outputs an input feeds. */
import { checkObject, type Fail, failing } from "../errors.js";
import type { GenerateOptions } from "../initializer.js";
import { toCanonical } from "../shape.js";
import { type Axes, resolveAxes, sizeOf } from "./axes.js";
import { checkKernel, checkParts } from "./define.js";

/** Options of {@link fans}. */
export interface FanOptions extends Pick<GenerateOptions, "layout" | "groups" | "parts" | "transposed" | "key"> {
  /** For tensors that no layout describes; then none of the other options applies. */
  readonly axes?: Axes;
}

/**
 * The two numbers that variance scaling divides by, counted by meaning.
 *
 * | kernel | fan_in | fan_out |
 * |---|---|---|
 * | dense | in | out |
 * | convolution, K taps | in·K | out·K |
 * | grouped, g groups | (in / g)·K | out·K, as PyTorch counts it |
 * | depthwise, multiplier m | K | in·m·K |
 * | transposed | (in / g)·K | out·K; PyTorch, blind to the meaning of the axes, exchanges the two and divides the other one by g |
 * | packed query-key-value, `parts: 3` | in | out / 3 |
 * | attention `[d, heads, dh]`, axes in 0, out [1, 2] | d | heads·dh |
 * | experts `[n, in, out]`, axes batch 0 | in | out |
 *
 * Source: `torch.nn.init` (Linear, Conv); `jax.nn.initializers.variance_scaling` (in_axis, out_axis, batch_axis).
 *
 * @throws {IdinitError} for a shape that does not fit, and for layout `"O"`, which has no in axis.
 * @example fans([32, 1, 3, 3], { groups: 32 })                          // { fanIn: 9, fanOut: 288 }
 * @example fans([512, 8, 64], { axes: { in: 0, out: [1, 2] } })         // { fanIn: 512, fanOut: 512 }
 */
export function fans(shape: readonly number[], options: FanOptions = {}): { fanIn: number; fanOut: number } {
  checkObject("fans", "options", options);
  const { axes, key = "", parts = 1 } = options;
  if (axes !== undefined) {
    const resolved = resolveAxes(shape, axes, "fans", key);
    const taps = sizeOf(shape, resolved.spatial);
    return { fanIn: sizeOf(shape, resolved.in) * taps, fanOut: sizeOf(shape, resolved.out) * taps };
  }
  const fail: Fail = failing("fans", key);
  const kernel = toCanonical(shape, options, "fans", key);
  checkKernel(kernel, shape, fail);
  checkParts(kernel, parts, fail);
  return { fanIn: kernel.fanIn, fanOut: kernel.fanOut / parts };
}
