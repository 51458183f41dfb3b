import { IdinitError } from "@idinit/core";
import { type Graph, type GraphNode, inferRoles, type Op, validate } from "@idinit/core/graph";
import { expect, test } from "vitest";

const node = (name: string, inputs: string[], more: Partial<GraphNode> = {}): GraphNode => ({
  name,
  op: "dense",
  inputs,
  outputs: [`${name}!`],
  slots: { kernel: { parameter: "w", layout: "OI" } },
  ...more,
});
const graph = (more: Partial<Graph> = {}): Graph => ({
  inputs: ["x"],
  outputs: ["a!"],
  nodes: [node("a", ["x"])],
  parameters: [{ name: "w", shape: [2, 2] }],
  ...more,
});
const use = (more: object) => node("a", ["x"], { slots: { kernel: { parameter: "w", layout: "OI", ...more } } });

test("nodes come out in forward order, otherwise as they were", () => {
  const nodes = [node("c", ["b!", "a!"]), node("b", ["a!"]), node("a", ["x"]), node("d", ["x"])];
  expect(validate(graph({ nodes })).map(({ name }) => name)).toEqual(["a", "d", "b", "c"]);
});

test.each<[string, Partial<Graph>, RegExp]>([
  ["no parameters", { parameters: [] }, /no parameters/],
  [
    "two parameters of one name",
    {
      parameters: [
        { name: "w", shape: [2, 2] },
        { name: "w", shape: [2, 2] },
      ],
    },
    /two parameters are called "w"/,
  ],
  [
    "two nodes of one name",
    { nodes: [node("a", ["x"]), node("a", ["x"], { outputs: ["b"] })] },
    /two nodes are called "a"/,
  ],
  [
    "a value made twice",
    { nodes: [node("a", ["x"]), node("b", ["x"], { outputs: ["a!"] })] },
    /"a!" is made twice.*"b"/,
  ],
  ["a value that nothing makes", { nodes: [node("a", ["y"])] }, /"a" reads value "y", which nothing makes/],
  ["an output that nothing makes", { outputs: ["z"] }, /output "z"/],
  ["an unlisted parameter", { nodes: [use({ parameter: "v" })] }, /"v" in slot kernel of node "a"/],
  ["an unknown op", { nodes: [node("a", ["x"], { op: "fancy" as Op })] }, /op must be one of dense.*"fancy".*"a"/],
  [
    "an unknown slot",
    { nodes: [node("a", ["x"], { slots: { wheel: { parameter: "w", layout: "OI" } } as object })] },
    /slot must be one of.*"wheel"/,
  ],
  ["an unknown layout", { nodes: [use({ layout: "XY" })] }, /layout must be one of.*"XY"/],
  ["a layout of another rank", { nodes: [use({ layout: "OIHW" })] }, /OIHW needs 4 dimensions.*"w"/],
  ["a dimension of 0", { parameters: [{ name: "w", shape: [2, 0] }] }, /\[2, 0\].*"w"/],
  ["a dimension that is NaN", { parameters: [{ name: "w", shape: [2, Number.NaN] }] }, /NaN.*"w"/],
  ["a view of another size", { nodes: [use({ shape: [2, 3] })] }, /\[2, 3\] must hold the 4 elements.*"w"/],
  ["parts that do not divide", { nodes: [use({ parts: 3 })] }, /parts.*out = 2, got 3/],
  [
    "a bias that does not fit its kernel",
    {
      nodes: [
        node("a", ["x"], {
          slots: { kernel: { parameter: "w", layout: "IO" }, bias: { parameter: "b", layout: "O" } },
        }),
      ],
      parameters: [
        { name: "w", shape: [2, 3] },
        { name: "b", shape: [2] },
      ],
    },
    /bias "b" has 2 values, but kernel "w" \[2, 3\] in layout IO has 3 outputs \(node "a"\)/,
  ],
  ["rows outside", { nodes: [use({ rows: [1, 2] })] }, /rows must lie within out = 2, got \[1, 2\]/],
])("%s is an error that says where", (_, more, message) => {
  expect(() => validate(graph(more))).toThrow(IdinitError);
  expect(() => validate(graph(more))).toThrow(message);
});

test("a cycle is an error that names its nodes, and no others", () => {
  const nodes = [
    node("start", ["x"]),
    node("a", ["start!", "c!"]),
    node("b", ["a!"]),
    node("c", ["b!"]),
    node("end", ["c!"]),
  ];
  expect(() => validate(graph({ nodes }))).toThrow(
    /cycle: "a" -> "b" -> "c" -> "a"$|cycle: "b" -> "c" -> "a" -> "b"$|cycle: "c" -> "a" -> "b" -> "c"$/,
  );
});

test("overrides for unknown parameters and unknown roles are errors", () => {
  expect(() => inferRoles(graph(), { roles: { v: "head" } })).toThrow(/"v"; there are "w"/);
  expect(() => inferRoles(graph(), { roles: { w: "boss" as "head" } })).toThrow(
    /role must be one of first.*"boss".*"w"/,
  );
});

test("names decide nothing", () => {
  const named = graph({ nodes: [node("residual_branch_last", ["x"])], outputs: ["residual_branch_last!"] });
  expect(inferRoles(named)[0]?.role).toBe("head");
});
