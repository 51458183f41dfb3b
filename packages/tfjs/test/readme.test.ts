import { readFile } from "node:fs/promises";
import "@tensorflow/tfjs-backend-cpu";
import * as idinitCore from "@idinit/core";
import * as tfjsCore from "@tensorflow/tfjs-core";
import * as tfjsLayers from "@tensorflow/tfjs-layers";
import { expect, test, vi } from "vitest";
import * as idinitTfjs from "../src/index.js";

const MODULES: Readonly<Record<string, object>> = {
  "@idinit/core": idinitCore,
  "@idinit/tfjs": idinitTfjs,
  "@tensorflow/tfjs-core": tfjsCore,
  "@tensorflow/tfjs-layers": tfjsLayers,
};

const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
const snippets = [...readme.matchAll(/```js\n(.*?)```/gs)].map(([, code = ""]) => code);

test("the README has its snippets", () => {
  expect(snippets).toHaveLength(4);
});

test.each(snippets)("README snippet %#", (code) => {
  vi.spyOn(console, "log").mockImplementation(() => {});
  const imports = /import \{ (.*?) \} from "(.*?)";/g;
  const names: string[] = [];
  const values: unknown[] = [];
  for (const [, list = "", module = ""] of code.matchAll(imports)) {
    for (const name of list.split(", ")) {
      const value = (MODULES[module] as Record<string, unknown> | undefined)?.[name];
      expect(value, `${name} of ${module}`).toBeDefined();
      names.push(name);
      values.push(value);
    }
  }
  expect(() => new Function(...names, code.replace(imports, ""))(...values)).not.toThrow();
});
