/** A trainer on WebGPU in a page of a headless Chromium, computed in software: equal to one on WebAssembly. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fixture, modelBytes, relativeError } from "../support/fixtures.js";
import type { Seen, Task } from "./page.js";

const path =
  process.env.CHROMIUM ??
  (process.env.PATH ?? "")
    .split(delimiter)
    .flatMap((folder) => ["chromium", "chromium-browser", "google-chrome"].map((name) => join(folder, name)))
    .find((file) => existsSync(file));
const ARGUMENTS = [
  "--no-sandbox",
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--enable-features=Vulkan",
];
const runtime = dirname(createRequire(import.meta.url).resolve("onnxruntime-web"));
/** Most of the time goes into compiling shaders for a CPU, the second model's above all. */
const MODELS = process.env.IDINIT_FULL === "1" ? ["mlp", "resnet"] : ["mlp"];

async function bundle(): Promise<string> {
  const entry = fileURLToPath(new URL("page.ts", import.meta.url));
  const built = await build({
    configFile: false,
    logLevel: "error",
    resolve: { conditions: ["@idinit/source"] },
    build: { write: false, minify: false, target: "es2023", lib: { entry, formats: ["es"] } },
  });
  const files = (Array.isArray(built) ? built : [built]).flatMap((result) => ("output" in result ? result.output : []));
  return files.flatMap((file) => (file.type === "chunk" ? [file.code] : [])).join("\n");
}

const skipped = path === undefined ? " (skipped: no Chromium found, CHROMIUM can name one)" : "";
describe.skipIf(path === undefined)(`a trainer in a browser${skipped}`, () => {
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    const [opened, code] = await Promise.all([
      chromium.launch({ executablePath: path as string, args: ARGUMENTS }),
      bundle(),
    ]);
    browser = opened;
    page = await browser.newPage();
    await page.route("**/*", (route) => {
      const { pathname } = new URL(route.request().url());
      if (pathname === "/")
        return route.fulfill({ contentType: "text/html", body: "<!doctype html><title>train</title>" });
      const contentType = pathname.endsWith(".wasm") ? "application/wasm" : "text/javascript";
      const body = pathname === "/page.js" ? code : readFileSync(join(runtime, pathname.slice(1)));
      return route.fulfill({ contentType, body });
    });
    await page.goto("http://localhost/");
  }, 60_000);
  afterAll(() => browser?.close());

  it.for(MODELS)("%s: WebGPU trains as WebAssembly does", { timeout: 180_000 }, async (name, { skip }) => {
    const there = await page.evaluate<boolean>("navigator.gpu?.requestAdapter().then(Boolean) ?? false");
    if (!there) skip("this Chromium has no WebGPU adapter");
    const { batch } = fixture(name);
    const { input, target } = batch(0);
    const task: Task = {
      model: [...modelBytes(name)],
      input: [...(input as Float32Array)],
      target: [...target].map(Number),
    };
    const train = (provider: string) =>
      page.evaluate<Seen>(`Promise.all([import("/page.js"), import("/ort.webgpu.min.mjs")]).then(([{ train }, ort]) => {
        Object.assign(ort.env.wasm, { wasmPaths: "http://localhost/", numThreads: 1 });
        return train(ort, "${provider}", ${JSON.stringify(task)});
      })`);
    const expected = await train("wasm");
    const actual = await train("webgpu");
    expect(relativeError(actual.losses, expected.losses)).toBeLessThan(1e-4);
    expect(actual.weights.map(([key]) => key)).toEqual(expected.weights.map(([key]) => key));
    for (const [i, [key, values]] of expected.weights.entries())
      expect(relativeError(actual.weights[i]![1], values), key).toBeLessThan(1e-4);
  });
});
