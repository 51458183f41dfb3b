/**
 * Runs every code block of the README, of docs/ and of the packages' READMEs: a snippet that does not run is not documentation.
 * Where a `console.log` is followed by numbers or an object in a comment, that is what it must print.
 */
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
const log = vi.spyOn(console, "log");
beforeAll(() => {
  log.mockImplementation(() => {});
  // Snippets for browsers fetch models from their own server.
  const models = join(root, "packages", "onnx-train", "fixtures", "whole-models");
  const anywhere = globalThis.fetch;
  vi.stubGlobal("fetch", async (...[url, ...more]: Parameters<typeof fetch>) =>
    String(url).startsWith("/models/")
      ? new Response(readFileSync(join(models, String(url).slice("/models/".length))))
      : anywhere(url, ...more),
  );
});
afterAll(() => {
  vi.unstubAllGlobals();
  rmSync(folder, { recursive: true, force: true });
});

/** What the comments say that is printed, a claim or `undefined` for each `console.log`. */
const claimsOf = (code: string) =>
  [...code.matchAll(/console\.log\(.*$/gm)].map(([line]) => line.match(/\); \/\/ (.+)$/)?.[1]);

const NUMBERS = /^-?[\d.]+(e-?\d+)?(,\s+-?[\d.]+(e-?\d+)?)*$/;

function expectClaim(claim: string, printed: readonly unknown[]): void {
  if (NUMBERS.test(claim)) {
    const said = claim.split(/,\s+/);
    const values = printed.flatMap((value) => (ArrayBuffer.isView(value) ? [...(value as Float32Array)] : [value]));
    expect(values).toHaveLength(said.length);
    said.forEach((text, i) => {
      expect(values[i], claim).toBeCloseTo(Number(text), text.split(".")[1]?.length ?? 6);
    });
  } else if (/^\{ .* \}$/.test(claim)) {
    expect(printed).toEqual([JSON.parse(claim.replace(/(\w+):/g, '"$1":'))]);
  }
}

test("claims are found and held to", () => {
  expect(claimsOf("console.log(a); // 1, 2\nconsole.log(b);\nx; // 3")).toEqual(["1, 2", undefined]);
  expectClaim("1, 0.5,  -2", [Float32Array.of(1, 0.5, -2)]);
  expectClaim("1.3868", [1.38676]);
  expectClaim("words", [1]);
  expect(() => expectClaim("1, 2", [Float32Array.of(1, 3)])).toThrow();
  expect(() => expectClaim("{ a: 1 }", [{ a: 2 }])).toThrow();
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
      log.mockClear();
      await import(/* @vite-ignore */ path);
      const claims = claimsOf(code);
      // In a loop it prints more often than it is written.
      if (log.mock.calls.length !== claims.length) return;
      claims.forEach((claim, i) => {
        if (claim !== undefined) expectClaim(claim, log.mock.calls[i]!);
      });
    },
  );
});
