/** Training in a page of a headless Chromium, with one thread and with several: the losses are those in Node. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import "../backends.js";
import { type Seen, train } from "./train.js";

const path =
  process.env.CHROMIUM ??
  (process.env.PATH ?? "")
    .split(delimiter)
    .flatMap((folder) => ["chromium", "chromium-browser", "google-chrome"].map((name) => join(folder, name)))
    .find((file) => existsSync(file));
const modules = dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm"));
/** A page of its own process, to which alone browsers lend threads. */
const ISOLATED = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

async function bundle(): Promise<string> {
  const entry = fileURLToPath(new URL("page.ts", import.meta.url));
  const built = await build({
    configFile: false,
    logLevel: "error",
    define: { "process.env.NODE_ENV": '"production"' },
    build: { write: false, minify: false, target: "es2023", lib: { entry, formats: ["es"] } },
  });
  const files = (Array.isArray(built) ? built : [built]).flatMap((result) => ("output" in result ? result.output : []));
  return files.flatMap((file) => (file.type === "chunk" ? [file.code] : [])).join("\n");
}

const skipped = path === undefined ? " (skipped: no Chromium found, CHROMIUM can name one)" : "";
describe.skipIf(path === undefined)(`training in a browser${skipped}`, () => {
  let browser: Browser;
  let code: string;
  let expected: Seen;
  beforeAll(async () => {
    [browser, code] = await Promise.all([
      chromium.launch({ executablePath: path as string, args: ["--no-sandbox"] }),
      bundle(),
    ]);
    expected = await train();
  }, 60_000);
  afterAll(() => browser?.close());

  it.each([
    ["one thread", {}, false],
    ["several threads", ISOLATED, true],
  ])("with %s", async (_, headers, threaded) => {
    const page = await browser.newPage();
    await page.route("http://localhost/**", (route) => {
      const { pathname } = new URL(route.request().url());
      if (pathname === "/") {
        return route.fulfill({ headers, contentType: "text/html", body: "<!doctype html><title>train</title>" });
      }
      const contentType = pathname.endsWith(".wasm") ? "application/wasm" : "text/javascript";
      const body = pathname === "/page.js" ? code : readFileSync(join(modules, pathname.slice(1)));
      return route.fulfill({ headers, contentType, body });
    });
    await page.goto("http://localhost/");
    const seen = await page.evaluate<Seen>('import("/page.js").then(({ train }) => train())');
    expect(seen).toMatchObject({ native: true, threaded });
    expect(seen.worst).toBeLessThan(1e-5);
    expect(seen.left).toBe(0);
    expect(seen.losses.at(-1)).toBeLessThan(seen.losses[0]!);
    seen.losses.forEach((loss, step) => {
      expect(Math.abs(loss - expected.losses[step]!)).toBeLessThan(1e-4);
    });
    await page.close();
  });
});
