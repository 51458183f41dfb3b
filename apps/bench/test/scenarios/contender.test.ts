import { constant, idinit, SCHEME_NAMES, zeros } from "@idinit/core";
import { InvalidArgumentError } from "commander";
import { describe, expect, it } from "vitest";
import { resMlp, resnet } from "../../src/architectures/index.js";
import { initialParameters } from "../../src/architectures/initialParameters.js";
import { parseSchemes } from "../../src/commands/parse.js";
import { colourOf } from "../../src/report/palette.js";
import { altered, type Contender, choose, nameOf } from "../../src/scenarios/contender.js";
import { combinations, firstOfBranch } from "../../src/scenarios/idinitParts.js";
import { scenarios } from "../../src/scenarios/index.js";

const image = { kind: "image", channels: 3 } as const;

describe("contenders", () => {
  const zeroLast = altered("zero-last", idinit(), (picked) => (picked.name === "idiz" ? zeros() : picked));

  it("differ from their scheme in what was exchanged, and only there", () => {
    const network = resnet({
      depth: 8,
      classes: 4,
      input: { kind: "image", channels: 3, height: 8, width: 8 },
      width: 4,
    });
    const [usual, changed] = ["idinit" as const, zeroLast].map((scheme) => initialParameters(network, scheme, 0));
    for (const [name, values] of usual!) {
      const closes = name.endsWith("conv2.weight") || name === "fc.weight";
      const expected = closes ? values.map(() => 0) : values;
      expect(changed!.get(name), name).toEqual(expected);
    }
  });

  it("are eight combinations of Loose, IDIC and IDIZ, the last of them IDInit", () => {
    const network = resnet({ depth: 8, classes: 4, input: { ...image, height: 8, width: 8 }, width: 4 });
    const kernels = (scheme: Contender) => {
      const values = initialParameters(network, scheme, 0);
      return ["stage1.block1.conv1.weight", "stage1.block1.conv2.weight"].map((name) => values.get(name)!);
    };
    expect(kernels(combinations.at(-1)!)).toEqual(kernels("idinit"));
    for (const combination of combinations) {
      const [loose, idic, idiz] = ["loose", "idic", "idiz"].map(
        (part) => combination.name === "idinit" || combination.name.split("+").includes(part),
      );
      const [first, last] = kernels(combination) as [Float32Array, Float32Array];
      const noisy = first.some((value) => value !== 0 && value !== 1);
      expect([noisy, Math.max(...last) < 1e-5], combination.name).toEqual([loose, idiz]);
      // Output channel 1 of four: column 1 of 36 is tap 1 of input 0; the centre tap of input 1 is column 13.
      expect(first[36 + (idic ? 1 : 13)], combination.name).toBeCloseTo(1, 4);
    }
  });

  it("may differ in the first weights of branches only", () => {
    const network = resMlp({ features: 6, width: 6, branchWidth: 12, blocks: 2, classes: 3 });
    const [changed, usual] = [firstOfBranch("halves", constant(0.5)), zeroLast].map((scheme) =>
      initialParameters(network, scheme, 0),
    );
    for (const [name, values] of usual!) {
      const expected = /block\d\.fc1\.weight/.test(name) ? values.map(() => 0.5) : values;
      expect(changed!.get(name), name).toEqual(expected);
    }
  });

  it("are chosen by name: the network's own first, then schemes, and no others", () => {
    const own = ["kaiming", zeroLast] as const;
    expect(choose(own, undefined)).toEqual(own);
    expect(choose(own, ["zero-last", "idinit", "gd"])).toEqual([zeroLast, "idinit"]);
  });

  it("have names of their own on each network, and colours that differ", () => {
    for (const { name, variants } of scenarios) {
      for (const variant of variants) {
        const names = variant.schemes.map(nameOf);
        expect(new Set(names).size, name).toBe(names.length);
        expect(new Set(names.map(colourOf)).size, `${name}, ${variant.name}`).toBe(names.length);
      }
    }
  });

  it("are known to the command line beside the schemes", () => {
    expect(parseSchemes("idinit, zero-last,gd")).toEqual(["idinit", "zero-last", "gd"]);
    expect(parseSchemes(SCHEME_NAMES.join())).toEqual(SCHEME_NAMES);
    expect(() => parseSchemes("idinit,he")).toThrow(InvalidArgumentError);
  });
});
