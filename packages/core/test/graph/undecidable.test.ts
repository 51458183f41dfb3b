import { inferRoles } from "@idinit/core/graph";
import { describe, expect, test } from "vitest";
import { Build } from "./build.js";
import { ENDS, resnet } from "./resnet.js";
import { weightRoles } from "./roles.js";

describe("undecidable", () => {
  const twins = () => resnet((b, x) => b.act(b.add(b.conv(x, "p"), b.conv(x, "q"))));

  test("two equal projections: the error names both and the override", () => {
    expect(() => inferRoles(twins())).toThrow(/"p" and "q".*"shortcut".*pass roles: \{"p":"shortcut"\}/);
  });

  test("the override decides", () => {
    expect(weightRoles(twins(), { roles: { q: "shortcut" } })).toEqual({ ...ENDS, p: "branch-last", q: "shortcut" });
    expect(weightRoles(twins(), { roles: { p: "hidden", q: "hidden" } })).toEqual({
      ...ENDS,
      p: "hidden",
      q: "hidden",
    });
  });

  test("a 1x1 convolution is the shortcut of a single larger one", () => {
    const graph = resnet((b, x) => b.act(b.add(b.conv(x, "big"), b.conv(x, "small", { k: 1 }))));
    expect(weightRoles(graph)).toEqual({ ...ENDS, big: "branch-last", small: "shortcut" });
  });

  test("a branch that ends in a product of equals", () => {
    const graph = (roles = {}) =>
      weightRoles(
        resnet((b, x) => b.add(x, b.node("mul", [b.conv(x, "u"), b.conv(x, "v")]))),
        { roles },
      );
    expect(() => graph()).toThrow(/product of "u" and "v".*pass roles: \{"u":"branch-last","v":"hidden"\}/);
    expect(graph({ u: "branch-last", v: "hidden" })).toEqual({ ...ENDS, u: "branch-last", v: "hidden" });
  });

  test("a matrix in an operation that is not known", () => {
    const b = new Build();
    const use = { kernel: { parameter: b.parameter("w", [4, 4]), layout: "OI" } } as const;
    const graph = b.graph(b.node("opaque", [b.input()], use, { opType: "FancyOp" }));
    expect(() => inferRoles(graph)).toThrow(/"w".*FancyOp.*pass roles: \{"w":"hidden"\}/);
    expect(weightRoles(graph, { roles: { w: "head" } })).toEqual({ w: "head" });
  });

  test("one weight in two roles", () => {
    const b = new Build();
    const h = b.act(b.dense(b.input(), "enc"));
    const tied = { kernel: { parameter: "enc.w", layout: "IO" } } as const;
    const graph = b.graph(b.node("dense", [h], tied));
    expect(() => inferRoles(graph)).toThrow(/"enc.w" is shared.*first.*head.*pass roles/);
    expect(weightRoles(graph, { roles: { "enc.w": "hidden" } })).toEqual({ "enc.w": "hidden" });
  });
});
