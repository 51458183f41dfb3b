/** Web workers in a headless Chromium, as a bundler finds them: the same bits as in Node. */
import { fileURLToPath } from "node:url";
import { streamTensors } from "@idinit/core/large";
import type { Browser } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium, launch } from "../browser/chromium.js";
import { PLAN } from "./memory.js";
import type { streamed } from "./webPage.js";

/** The page's module and the workers' that it names, by path. */
async function bundled(): Promise<Map<string, string>> {
  const built = await build({
    configFile: false,
    logLevel: "error",
    resolve: { conditions: ["@idinit/source"] },
    build: {
      write: false,
      minify: false,
      target: "es2023",
      lib: {
        entry: fileURLToPath(new URL("webPage.ts", import.meta.url)),
        formats: ["es"],
        fileName: () => "page.js",
      },
    },
  });
  const outputs = (Array.isArray(built) ? built : [built]).flatMap((one) => ("output" in one ? one.output : []));
  return new Map(outputs.map((file) => [`/${file.fileName}`, file.type === "chunk" ? file.code : String(file.source)]));
}

const path = findChromium();
describe.skipIf(path === undefined)(`Chromium${path ? "" : " (skipped: none found, CHROMIUM can name one)"}`, () => {
  let browser: Browser;
  let files: Map<string, string>;
  beforeAll(async () => {
    [browser, files] = await Promise.all([launch(path!), bundled()]);
  });
  afterAll(() => browser?.close());

  /** Runs in a page that gets these files and nothing else. */
  async function inPage<T>(served: ReadonlyMap<string, string>, call: string): Promise<T> {
    const context = await browser.newContext();
    await context.route("**/*", (route) => {
      const { pathname } = new URL(route.request().url());
      if (pathname === "/") return route.fulfill({ contentType: "text/html", body: "<!doctype html>" });
      const body = served.get(pathname);
      return body === undefined ? route.abort() : route.fulfill({ contentType: "text/javascript", body });
    });
    const page = await context.newPage();
    await page.goto("http://localhost/");
    return page.evaluate<T>(`import("/page.js").then(({ streamed }) => ${call})`);
  }

  test("web workers make the bytes that the page makes, and that Node makes", async () => {
    expect(files.size).toBe(2);
    const { alone, together } = await inPage<Awaited<ReturnType<typeof streamed>>>(files, "streamed(2)");
    const here: number[] = [];
    for await (const { data } of streamTensors(PLAN, { dtype: "bfloat16", seed: 9 })) {
      if ("bits" in data) here.push(...new Uint8Array(data.bits.buffer));
    }
    expect(here.length).toBeGreaterThan(5000);
    expect(alone).toEqual(here);
    expect(together).toEqual(here);
  });

  test("a module that can't be loaded is an error", async () => {
    const page = new Map([...files].filter(([name]) => name === "/page.js"));
    const message = await inPage(page, "streamed(2).catch(({ message }) => message)");
    expect(message).toContain(`workerPool: tensor "embedding" can't be made: a worker broke down`);
  });
});
