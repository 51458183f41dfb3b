/** Initializers for tensors of any arrangement: attention kernels per head, expert stacks, einsum weights. */
import { type Fail, failing, show } from "../errors.js";
import type { GenerateOptions, Initializer } from "../initializer.js";
import { type Axes, listAxes, resolveAxes, sizeOf } from "./axes.js";

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
  const params = { ...initializer.params, axes: listAxes(axes) };
  const generate: Initializer["generate"] = (shape, options = {}) => {
    const { key } = options;
    checkPlain(options);
    const resolved = resolveAxes(shape, axes, initializer.name, key);
    const { batch, out, in: inputs, spatial } = resolved;
    if (spatial.length > MOST_SPATIAL) {
      const fail: Fail = failing(initializer.name, key);
      fail(`at most ${MOST_SPATIAL} axes can be spatial, got axes ${show(spatial)} of shape ${show(shape)}`);
    }
    const kernels = sizeOf(shape, batch);
    const canonical = [kernels * sizeOf(shape, out), sizeOf(shape, inputs), ...spatial.map((axis) => shape[axis]!)];
    const values = initializer.generate(canonical, { ...options, parts: kernels });
    return toStored(values, shape, [...batch, ...out, ...inputs, ...spatial]);
  };
  return {
    name: initializer.name,
    params,
    generate,
    generateInto(target, shape, options = {}) {
      const values = generate(shape, options);
      if (target.length !== values.length) {
        const fail: Fail = failing(initializer.name, options.key);
        fail(`target needs ${values.length} elements for ${show(shape)}, got ${target.length}`);
      }
      target.set(values);
    },
  };
}

function checkPlain(options: GenerateOptions): void {
  const fail: Fail = failing("withAxes", options.key);
  for (const name of ["layout", "groups", "parts", "transposed", "rows"] as const) {
    if (options[name] !== undefined) fail(`${name} has no meaning beside axes, got ${show(options[name])}`);
  }
}

/** Moves values whose axes come in `order` to the stored order. */
function toStored(values: Float32Array, shape: readonly number[], order: readonly number[]): Float32Array {
  if (order.every((axis, i) => axis === i)) return values;
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
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
