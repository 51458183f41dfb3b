import { createHash } from "node:crypto";
import {
  constant,
  deltaOrthogonal,
  glorotNormal,
  glorotUniform,
  hadamard,
  heNormal,
  heUniform,
  type Initializer,
  identity,
  idi,
  idiz,
  lecunNormal,
  lecunUniform,
  normal,
  ones,
  orthogonal,
  sparse,
  truncatedNormal,
  uniform,
  varianceScaling,
  zeros,
} from "@idinit/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LAYOUTS_BY_SPATIAL, optionsOf, permute, stored, storedShape, taps } from "./reference.js";

/** Every factory, and the first 16 hex digits of the SHA-256 of its `[12, 5, 3]` float32 bytes, seed 7, key "layer.weight". */
const FACTORIES: [initializer: Initializer, digest: string][] = [
  [constant(0.5), "cafd64bf4904eb78"],
  [deltaOrthogonal({ narrowing: "rows" }), "5908e7d4a664dca4"],
  [glorotNormal(), "19b83797ce10f0a3"],
  [glorotNormal({ truncated: true }), "7789081fbe6c613a"],
  [glorotUniform(), "91654ed442eaf5b0"],
  [hadamard(), "653b78ed36c555c2"],
  [heNormal(), "d0df3adc04a2f65a"],
  [heUniform(), "72bffcb42058d13c"],
  [identity(), "a02775999f6eb65c"],
  [idi(), "699b3b17aa8a0c27"],
  [idi({ loose: 0.1, order: "channel-fastest" }), "22d60647f46d4058"],
  [idiz(), "73dfe16316bd4d42"],
  [lecunNormal(), "9cea62f3c680ecb1"],
  [lecunUniform(), "a8bf09bcb7c1ed77"],
  [normal({ mean: 1, std: 2 }), "af9d819cb2792c25"],
  [ones(), "8ae5327754f051e8"],
  [orthogonal(), "46e8c304aa12b8af"],
  [sparse({ sparsity: 0.5 }), "71d716015ea61b2a"],
  [truncatedNormal(), "642de434e9838967"],
  [uniform(), "736168989a21a38d"],
  [varianceScaling({ distribution: "truncatedNormal", mode: "fan_out" }), "74b8976187303148"],
  [zeros(), "fe2f74a1e0b16a66"],
];
const initializers = FACTORIES.map(([initializer]) => initializer);

test.each(FACTORIES)("$name: the same bits as ever", (initializer, digest) => {
  const values = initializer.generate([12, 5, 3], { seed: 7, key: "layer.weight" });
  const bytes = new Uint8Array(values.buffer);
  expect(createHash("sha256").update(bytes).digest("hex").slice(0, 16)).toBe(digest);
});

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
