import { idinit, SCHEME_NAMES, zeros } from "@idinit/core";
import { InvalidArgumentError } from "commander";
import { describe, expect, it } from "vitest";
import { resnet } from "../../src/architectures/index.js";
import { initialParameters } from "../../src/architectures/initialParameters.js";
import { parseSchemes } from "../../src/commands/parse.js";
import { colourOf } from "../../src/report/palette.js";
import { altered, choose, nameOf } from "../../src/scenarios/contender.js";
import { scenarios } from "../../src/scenarios/index.js";

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
