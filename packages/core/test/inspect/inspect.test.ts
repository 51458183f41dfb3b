import { formatInspection, inspect } from "@idinit/core/graph";
import { expect, test } from "vitest";
import { Build } from "../graph/build.js";

const b = new Build();
const graph = b.graph(b.dense(b.act(b.dense(b.input(), "a")), "c", [2, 8]));
const withSpare = { ...graph, parameters: [...graph.parameters, { name: "spare", shape: [2, 3] }] };

test("lists every parameter with role, pick and reason, and nothing that JSON would lose", () => {
  const list = inspect(withSpare, { scheme: "kaiming" });
  expect(list.map(({ parameter, role }) => [parameter, role])).toEqual([
    ["a.w", "first"],
    ["a.b", "bias"],
    ["c.w", "head"],
    ["c.b", "bias"],
    ["spare", "unused"],
  ]);
  expect(list[0]).toMatchObject({
    shape: [8, 8],
    node: "dense0",
    reason: 'reads the input "x" with no other weight before it',
  });
  expect(list[0]!.initializer).toMatchObject({ name: "heNormal", params: { mode: "fan_in", nonlinearity: "relu" } });
  expect(list[4]).toEqual({
    parameter: "spare",
    role: "unused",
    shape: [2, 3],
    initializer: "leave",
    reason: "not used by any node",
  });
  expect(JSON.parse(JSON.stringify(list))).toEqual(list);
});

test("prints as a table", () => {
  const lines = formatInspection(inspect(withSpare)).split("\n");
  expect(lines).toHaveLength(6);
  expect(lines[0]).toMatch(/^parameter +shape +role +initializer +reason$/);
  expect(lines[1]).toMatch(/^a\.w +\[8, 8\] +first +idi\(tau: 1\.414.*reads the input/);
  expect(lines[5]).toMatch(/^spare +\[2, 3\] +unused +leave +not used by any node$/);
});
