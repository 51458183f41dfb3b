import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { KERNELS as initializers } from "../browser/initializers.js";
import { LAYOUTS_BY_SPATIAL, optionsOf, permute, stored, storedShape, taps } from "./reference.js";

describe("whatever the initializer", () => {
  const any = fc.constantFrom(...initializers);

  test("a layout is a permutation of the canonical one", () => {
    fc.assert(
      fc.property(any, stored, fc.nat(99), (initializer, { spec, layout }, seed) => {
        const canonical = initializer.generate(
          [spec.out, spec.inputs, ...spec.spatial],
          // Stored out first, a transposed kernel with groups has no canonical shape: make it as a plain one.
          optionsOf({ ...spec, transposed: false }, { seed, key: "w" }),
        );
        const values = initializer.generate(storedShape(spec, layout), optionsOf(spec, { layout, seed, key: "w" }));
        // Transposed kernels take the centre tap where plain ones without groups take the patch.
        fc.pre(!(spec.transposed && spec.groups === 1 && initializer.name.startsWith("idi") && taps(spec) > 1));
        expect(values).toEqual(permute(canonical, spec, layout));
      }),
      { numRuns: 500 },
    );
  });

  test("values are finite, of the right number, and depend on nothing but the arguments", () => {
    fc.assert(
      fc.property(any, stored, (initializer, { spec, layout }) => {
        const options = optionsOf(spec, { layout, seed: 3, key: "w" });
        const values = initializer.generate(storedShape(spec, layout), options);
        expect(values).toHaveLength(spec.out * spec.inputs * taps(spec));
        expect(values.every(Number.isFinite)).toBe(true);
        expect(initializer.generate(storedShape(spec, layout), options)).toEqual(values);
      }),
      { numRuns: 300 },
    );
  });

  test("parts are blocks along out, each as if alone", () => {
    // Random values are addressed by place in the whole tensor, so only the first part can be made alone.
    const deterministic = new Set(["constant", "hadamard", "identity", "idiz", "ones", "zeros"]);
    const size = fc.integer({ min: 1, max: 6 });
    const layouts = fc.constantFrom(...LAYOUTS_BY_SPATIAL[2]!);
    fc.assert(
      fc.property(any, size, size, size, layouts, (initializer, parts, rows, inputs, layout) => {
        const spec = { out: rows * parts, inputs, spatial: [2, 3], groups: 1, transposed: false };
        const options = { seed: 1, key: "w" };
        const alone = [...initializer.generate([rows, inputs, 2, 3], options)];
        const values = initializer.generate(storedShape(spec, layout), { ...options, layout, parts });
        if (deterministic.has(initializer.name)) {
          expect(values).toEqual(permute(Array(parts).fill(alone).flat(), spec, layout));
        } else {
          const canonical = initializer.generate([rows * parts, inputs, 2, 3], { ...options, parts });
          expect([...canonical.slice(0, alone.length)]).toEqual(alone);
          expect(values).toEqual(permute(canonical, spec, layout));
        }
      }),
      { numRuns: 300 },
    );
  });

  test("it is a printable value with all parameters", () => {
    for (const initializer of initializers) {
      expect(JSON.parse(JSON.stringify(initializer))).toEqual({ name: initializer.name, params: initializer.params });
      expect(Object.values(initializer.params)).not.toContain(undefined);
    }
  });
});
