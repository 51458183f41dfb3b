import { defaultLayout, IdinitError, LAYOUTS, toCanonical } from "@idinit/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stored, storedShape, taps } from "./initializers/reference.js";

describe("semantic axes", () => {
  test("the same kernel from every layout; its strides visit each element once", () => {
    fc.assert(
      fc.property(stored, ({ spec, layout }) => {
        const { groups, transposed } = spec;
        const kernel = toCanonical(storedShape(spec, layout), { layout, groups, transposed });
        expect(kernel).toMatchObject({
          out: spec.out,
          in: spec.inputs,
          spatial: spec.spatial,
          groups,
          taps: taps(spec),
        });
        const rows = spec.out / groups;
        const { strides } = kernel;
        const seen = new Set<number>();
        for (let m = 0; m < spec.out; m++) {
          for (let j = 0; j < spec.inputs; j++) {
            for (let t = 0; t < kernel.taps; t++) {
              const group = Math.floor(m / rows) * strides.group;
              seen.add(group + (m % rows) * strides.out + j * strides.in + t * strides.tap);
            }
          }
        }
        expect(seen.size).toBe(kernel.size);
        expect([Math.min(...seen), Math.max(...seen)]).toEqual([0, kernel.size - 1]);
      }),
    );
  });

  test("default layouts by rank", () => {
    expect([0, 1, 2, 3, 4, 5, 6].map(defaultLayout)).toEqual(["O", "O", "OI", "OIW", "OIHW", "OIDHW", "O"]);
    for (const layout of LAYOUTS) expect(() => toCanonical(Array(layout.length).fill(2), { layout })).not.toThrow();
  });

  test("layout O counts the elements of any shape", () => {
    expect(toCanonical([2, 3, 4], { layout: "O" })).toMatchObject({ out: 24, in: 1, taps: 1, size: 24 });
    expect(toCanonical([])).toMatchObject({ layout: "O", out: 1, size: 1 });
  });
});

const bad: [shape: unknown, options: object, message: string][] = [
  [[0, 64], {}, 'idi: shape needs out >= 1, got [0, 64] (layer "fc1")'],
  [[64, -2], {}, 'idi: shape needs in >= 1, got [64, -2] (layer "fc1")'],
  [[64, Number.NaN], {}, 'idi: shape needs an integer in >= 1, got [64, NaN] (layer "fc1")'],
  [[64, 3, 2.5, 3], {}, 'idi: shape needs an integer height >= 1, got [64, 3, 2.5, 3] (layer "fc1")'],
  [[3, 3, 0, 64], { layout: "HWIO" }, 'idi: shape needs in >= 1, got [3, 3, 0, 64] (layer "fc1")'],
  [["64", 3], {}, 'idi: shape needs an integer out >= 1, got ["64", 3] (layer "fc1")'],
  [[2, 0], { layout: "O" }, 'idi: shape needs dimension 1 >= 1, got [2, 0] (layer "fc1")'],
  ["64", {}, 'idi: shape must be an array of integers >= 1, got "64" (layer "fc1")'],
  [[64, 3], { layout: "OIHW" }, 'idi: layout OIHW needs 4 dimensions, got [64, 3] (layer "fc1")'],
  [[64, 3], { layout: "NCHW" }, 'HWOI, OIDHW, DHWIO, IODHW, DHWOI, got "NCHW" (layer "fc1")'],
  [[64, 3, 3, 3], { groups: 5 }, 'idi: groups must divide out = 64, got 5 (layer "fc1")'],
  [[6, 4, 3], { layout: "IOW", groups: 4, transposed: true }, "idi: groups must divide in = 6, got 4"],
  [[64, 3], { groups: 0 }, 'idi: groups must be an integer >= 1, got 0 (layer "fc1")'],
  [[64], { groups: 2 }, 'idi: groups must be 1 for layout O, got 2 (layer "fc1")'],
  [[2 ** 40, 2 ** 40], {}, "has too many elements"],
];

test.each(bad)("%j %j is an error", (shape, options, message) => {
  const read = () => toCanonical(shape as number[], options, "idi", "fc1");
  expect(read).toThrow(IdinitError);
  expect(read).toThrow(message);
});
