/** What the documents point at is there: files in backticks, relative links, and the tests they quote. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const top = readdirSync(root);
const pages = [
  "README.md",
  "CONTRIBUTING.md",
  ...readdirSync(join(root, "docs")).map((name) => join("docs", name)),
  ...readdirSync(join(root, "packages")).map((name) => join("packages", name, "README.md")),
].filter((page) => page.endsWith(".md") && existsSync(join(root, page)));

/** A path from the root; `<name>` and `*` stand for many. */
const isRepositoryPath = (text: string) =>
  /^[\w.-]+(\/[\w.@-]+)+\/?$/.test(text) && top.includes(text.split("/")[0]!) && !text.startsWith("node_modules");

/** Paths in backticks. */
function pathsIn(text: string): string[] {
  return [...text.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code!).filter(isRepositoryPath);
}

/** Targets of links within the repository. */
function linksIn(text: string): string[] {
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!.split("#")[0]!);
  return targets.filter((target) => target !== "" && !/^[a-z]+:/.test(target));
}

/** Names of tests: what stands in quotes after a test file, up to the next code or the end of the line. */
function testsIn(text: string): { file: string; name: string }[] {
  return [...text.matchAll(/`([\w./-]+\.test\.ts)`([^`\n|]*)/g)].flatMap(([, file, after]) =>
    [...after!.matchAll(/"([^"]+)"/g)].map(([, name]) => ({ file: file!, name: name! })),
  );
}

test("finds what it is to check, and passes over what is none", () => {
  const text =
    'As `docs/gone.ts` and `packages/<name>` say, [see](gone.md#a) [web](https://a.b) `a / b`. `docs/x.test.ts`: "one", "two"; `"n/a"`';
  expect(pathsIn(text)).toEqual(["docs/gone.ts", "docs/x.test.ts"]);
  expect(linksIn(text)).toEqual(["gone.md"]);
  expect(testsIn(text).map(({ name }) => name)).toEqual(["one", "two"]);
});

describe.each(pages)("%s", (page) => {
  const text = readFileSync(join(root, page), "utf8").replace(/^```.*?^```/gms, "");

  test("names files that exist", () => {
    expect(pathsIn(text).filter((path) => !existsSync(join(root, path)))).toEqual([]);
    expect(linksIn(text).filter((path) => !existsSync(join(root, dirname(page), path)))).toEqual([]);
  });

  test("quotes tests that exist", () => {
    const missing = testsIn(text).filter(({ file, name }) => {
      const path = join(root, file);
      return !existsSync(path) || !readFileSync(path, "utf8").includes(name);
    });
    expect(missing).toEqual([]);
  });
});
