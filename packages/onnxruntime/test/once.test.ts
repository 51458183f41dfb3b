import { expect, test, vi } from "vitest";
import * as graph from "../src/graph.js";
import { initialize, inspect } from "../src/index.js";
import { bytesOf } from "./fixtures.js";

vi.mock(import("../src/graph.js"), async (original) => {
  const { translate, ...rest } = await original();
  return { ...rest, translate: vi.fn(translate) };
});

test.each([
  ["initialize", () => initialize(bytesOf("gpt.train13.onnx"), { scheme: "idinit" })],
  ["initialize for a scheme with needs", () => initialize(bytesOf("rezero.train13.onnx"), { scheme: "rezero" })],
  ["inspect", () => inspect(bytesOf("gpt.train13.onnx"))],
])("%s translates the model once", (_, call) => {
  vi.mocked(graph.translate).mockClear();
  call();
  expect(graph.translate).toHaveBeenCalledTimes(1);
});
