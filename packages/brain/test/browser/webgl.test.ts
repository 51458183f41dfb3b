/** `NeuralNetworkGPU` with real textures: WebGL of a headless Chromium, drawn in software where there is no graphics card. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Seen } from "./page.js";

const path =
  process.env.CHROMIUM ??
  (process.env.PATH ?? "")
    .split(delimiter)
    .flatMap((folder) => ["chromium", "chromium-browser", "google-chrome"].map((name) => join(folder, name)))
    .find((file) => existsSync(file));

async function bundle(): Promise<string> {
  const entry = fileURLToPath(new URL("page.ts", import.meta.url));
  const built = await build({
    configFile: false,
    logLevel: "error",
    resolve: { conditions: ["@idinit/source"] },
    define: { global: "globalThis" },
    build: { write: false, minify: false, target: "es2023", lib: { entry, formats: ["es"] } },
  });
  const files = (Array.isArray(built) ? built : [built]).flatMap((result) => ("output" in result ? result.output : []));
  return files.flatMap((file) => (file.type === "chunk" ? [file.code] : [])).join("\n");
}

const skipped = path === undefined ? " (skipped: no Chromium found, CHROMIUM can name one)" : "";
describe.skipIf(path === undefined)(`NeuralNetworkGPU on WebGL${skipped}`, () => {
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    const args = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"];
    const [opened, code] = await Promise.all([chromium.launch({ executablePath: path as string, args }), bundle()]);
    browser = opened;
    page = await browser.newPage();
    await page.route("**/*", (route) =>
      route.request().url().endsWith("/page.js")
        ? route.fulfill({ contentType: "text/javascript", body: code })
        : route.fulfill({ contentType: "text/html", body: "<!doctype html><title>brain</title>" }),
    );
    await page.goto("http://localhost/");
  });
  afterAll(() => browser?.close());

  test.each(["webgl", "webgl2"])("%s: weights in textures are read, trained on and replaced", async (mode) => {
    const { stored, difference, moved, again, loss } = await page.evaluate<Seen>(
      `import("/page.js").then(({ train }) => train("${mode}"))`,
    );
    expect(stored).toContain("Texture");
    expect(moved).toBeGreaterThan(0.1);
    expect(difference).toBeLessThan(1e-4);
    expect(again).toBe(true);
    expect(loss[1]).toBeLessThan(loss[0]);
  });
});
