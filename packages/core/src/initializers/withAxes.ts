/** Initializers for tensors of any arrangement: attention kernels per head, expert stacks, einsum weights. */
import { failing, show } from "../errors.js";
import type { Initializer } from "../initializer.js";
import { product } from "../shape.js";
import { type Axes, listAxes, resolveAxes, sizeOf } from "./axes.js";
import { byRun } from "./run.js";

/** Most spatial axes that a kernel has. */
const MOST_SPATIAL = 3;

/**
 * The same initializer for tensors whose axes no layout names, as `in_axis`, `out_axis` and `batch_axis` do in JAX.
 *
 * The tensor is seen as `[out, in, ...spatial]`, where several in or out axes count as one (in the order given), and all axes that are not
 * named are spatial. Each index of the batch axes has a kernel of its own, with draws of its own.
 *
 * @param axes Defaults are those of JAX: in -2, out -1, no batch.
 * @returns An initializer for which `layout`, `groups`, `parts` and `transposed` have no meaning: `generate` throws if given one.
 * @throws {IdinitError} generate throws for axes that the shape does not have, that are named twice, and for more than 3 spatial ones.
 * @example withAxes(glorotUniform(), { in: 0, out: [1, 2] }).generate([512, 8, 64])     // query: [d, heads, dh]
 * @example withAxes(glorotUniform(), { in: [0, 1], out: 2 }).generate([8, 64, 512])     // output: [heads, dh, d]
 * @example withAxes(orthogonal(), { batch: 0 }).generate([16, 128, 256])                // 16 experts, each orthogonal
 */
export function withAxes(initializer: Initializer, axes: Axes): Initializer {
  if (typeof initializer?.generate !== "function") failing("withAxes")("initializer must be one", initializer);
  const { name } = initializer;
  const params = { ...initializer.params, axes: listAxes(axes) };
  return byRun(name, params, (shape, options, given) => {
    for (const option of ["layout", "groups", "parts", "transposed", "rows"] as const) {
      if (options[option] !== undefined)
        failing("withAxes", options.key)(`${option} has no meaning beside axes`, options[option]);
    }
    const { batch, out, in: inputs, spatial } = resolveAxes(shape, axes, name, options.key);
    if (spatial.length > MOST_SPATIAL) {
      failing(
        name,
        options.key,
      )(`at most ${MOST_SPATIAL} axes can be spatial, got axes ${show(spatial)} of shape ${show(shape)}`);
    }
    const parts = sizeOf(shape, batch);
    const canonical = [parts * sizeOf(shape, out), sizeOf(shape, inputs), ...spatial.map((axis) => shape[axis]!)];
    const values = initializer.generate(canonical, { ...options, parts });
    const stored = toStored(values, shape, [...batch, ...out, ...inputs, ...spatial]);
    if (given === undefined) return stored;
    if (given.length !== stored.length) {
      failing(name, options.key)(`target needs ${stored.length} elements for ${show(shape)}`, given.length);
    }
    given.set(stored);
    return given;
  });
}

/** Moves values whose axes come in `order` to the stored order. */
function toStored(values: Float32Array, shape: readonly number[], order: readonly number[]): Float32Array {
  if (order.every((axis, i) => axis === i)) return values;
  const strides = shape.map((_, axis) => product(shape.slice(axis + 1)));
  const steps = order.map((axis) => strides[axis]!);
  const sizes = order.map((axis) => shape[axis]!);
  const index = order.map(() => 0);
  const stored = new Float32Array(values.length);
  let to = 0;
  for (const value of values) {
    stored[to] = value;
    for (let axis = order.length - 1; axis >= 0; axis--) {
      to += steps[axis]!;
      if (++index[axis]! < sizes[axis]!) break;
      to -= steps[axis]! * sizes[axis]!;
      index[axis] = 0;
    }
  }
  return stored;
}
