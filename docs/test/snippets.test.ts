/** Runs every code block of the README, of docs/ and of the packages' READMEs: a snippet that does not run is not documentation. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const pages = [
  "README.md",
  ...readdirSync(join(root, "docs")).map((name) => join("docs", name)),
  ...readdirSync(join(root, "packages")).map((name) => join("packages", name, "README.md")),
].filter((page) => page.endsWith(".md") && existsSync(join(root, page)));

// Inside the project, so that imports resolve as they do for a user of the workspace.
const folder = mkdtempSync(join(root, "docs", "test", ".snippets-"));
beforeAll(() => vi.spyOn(console, "log").mockImplementation(() => {}));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe.each(pages)("%s", (page) => {
  const text = readFileSync(join(root, page), "utf8");
  const blocks = [...text.matchAll(/^```(ts|js)\n(.*?)^```/gms)].map(([, language, code]) => ({
    language,
    code: code!,
  }));
  // Only whole snippets: a block that is not meant to run carries another language mark.
  test(`has ${blocks.length} snippets`, () => expect(text.match(/^```(ts|js)$/gm)?.length ?? 0).toBe(blocks.length));
  test.each(blocks.map((block, index) => ({ ...block, index })))(
    "snippet $index runs",
    async ({ code, index, language }) => {
      const path = join(folder, `${page.replace(/\W/g, "-")}-${index}.${language}`);
      writeFileSync(path, code);
      await import(/* @vite-ignore */ path);
    },
  );
});
