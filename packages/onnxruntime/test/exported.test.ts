import { decodeModel } from "@idinit/onnx";
import { describe, expect, test } from "vitest";
import { initialize, inspect } from "../src/index.js";
import { bytesOf, names, roles, run } from "./fixtures.js";

describe.each(names)("%s", (name) => {
  test("each weight has the role that its module gives it, and nothing else is a weight", () => {
    const found = Object.fromEntries(inspect(bytesOf(name)).map(({ parameter, role }) => [parameter, role]));
    expect(found).toEqual(roles[name]);
  });

  test("initialized, it runs in onnxruntime and gives finite numbers that differ from before", async () => {
    const before = await run(decodeModel(bytesOf(name)));
    const output = await run(decodeModel(initialize(bytesOf(name), { scheme: "kaiming", seed: 5 })));
    expect(output.every(Number.isFinite)).toBe(true);
    expect(output).toHaveLength(before.length);
    expect(output).not.toEqual(before);
  });
});
