/** Initialized weights: the adapter adds nothing to core's. */
import { defaultLayout, type Layout, resolveScheme } from "@idinit/core";
import { type Adapter, inferRoles, initialize, initializeModel } from "@idinit/core/graph";
import { expect } from "vitest";
import type { ConformanceCase } from "../case.js";

const SCHEMES = ["idinit", "kaiming"] as const;

/** What the model holds is what core made for its graph; what core leaves is as before. */
export async function weightsEqualCore<Model, Written extends Model>(
  adapter: Adapter<Model, Written>,
  one: ConformanceCase<Model>,
): Promise<void> {
  for (const scheme of SCHEMES) {
    const options = { scheme, seed: 3, roles: one.overrides ?? {} };
    const model = await one.model();
    const present = adapter.read(model);
    const made = initialize(adapter.toGraph(model), { ...options, present });
    expect(made.size, "something is initialized").toBeGreaterThan(0);
    const held = adapter.read(initializeModel(adapter, model, options));
    for (const [name, values] of held)
      expect(values, `${scheme}: ${name}`).toEqual(made.get(name) ?? present.get(name));
  }
}

/** Each kernel, moved into the canonical order of axes, is what its initializer makes in that order. */
export async function layoutIsAPermutation<Model, Written extends Model>(
  adapter: Adapter<Model, Written>,
  one: ConformanceCase<Model>,
): Promise<void> {
  for (const name of SCHEMES) {
    const scheme = resolveScheme(name);
    const model = await one.model();
    const sites = inferRoles(adapter.toGraph(model), { roles: one.overrides ?? {} });
    const held = adapter.read(initializeModel(adapter, model, { scheme, seed: 3, roles: one.overrides ?? {} }));
    for (const { parameter, layout, shape, groups, parts, transposed, ...site } of sites) {
      const pick = scheme.pick({ parameter, layout, shape, groups, parts, transposed, ...site });
      if (pick === "leave" || layout === "O") continue;
      const order = [...defaultLayout(layout.length)].map((axis) => layout.indexOf(axis));
      const expected = pick.generate(
        order.map((axis) => shape[axis]!),
        {
          layout: order.map((axis) => layout[axis]!).join("") as Layout,
          groups,
          parts,
          transposed,
          seed: 3,
          key: parameter,
        },
      );
      expect(permute(held.get(parameter)!, shape, order), `${name}: ${parameter}`).toEqual(expected);
    }
  }
}

/** Equal seeds, equal weights; another seed, others. */
export async function seedDecides<Model, Written extends Model>(
  adapter: Adapter<Model, Written>,
  one: ConformanceCase<Model>,
): Promise<void> {
  const weights = async (seed: number) =>
    adapter.read(initializeModel(adapter, await one.model(), { scheme: "kaiming", seed, roles: one.overrides ?? {} }));
  const first = await weights(1);
  expect(await weights(1)).toEqual(first);
  expect(await weights(2)).not.toEqual(first);
}

/** Reorders the axes of a row-major tensor, element by element: axis i of the result is axis `order[i]` of `values`. */
function permute(values: Float32Array, shape: readonly number[], order: readonly number[]): Float32Array {
  const steps = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, dimension) => product * dimension, 1));
  return values.map((_, target) => {
    let rest = target;
    let source = 0;
    for (const axis of [...order].reverse()) {
      source += (rest % shape[axis]!) * steps[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    return values[source]!;
  });
}
