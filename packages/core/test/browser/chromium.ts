/** A headless Chromium that runs a bundle on a page without any network. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { build } from "vite";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/** Path of a Chromium or Chrome: that of the variable CHROMIUM, or one that is installed. */
export function findChromium(): string | undefined {
  const given = process.env.CHROMIUM;
  if (given) return given;
  const folders = (process.env.PATH ?? "").split(delimiter);
  return [...folders.flatMap((folder) => NAMES.map((name) => join(folder, name))), MAC].find((path) =>
    existsSync(path),
  );
}

export function launch(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
}

/** One module of a file beside this one and all that it imports, from the sources. */
export async function bundle(file: string): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: "error",
    resolve: { conditions: ["@idinit/source"] },
    build: {
      write: false,
      minify: false,
      target: "es2023",
      lib: { entry: fileURLToPath(new URL(file, import.meta.url)), formats: ["es"] },
    },
  });
  const results = Array.isArray(built) ? built : [built];
  const files = results.flatMap((result) => ("output" in result ? result.output : []));
  return files.find((file) => file.type === "chunk")!.code;
}

/** A page of a host of its own. It is answered from here; everything else it might ask for is refused. */
export async function openPage(browser: Browser, module: string, before?: () => void): Promise<Page> {
  const context = await browser.newContext();
  if (before) await context.addInitScript(before);
  await context.route("**/*", (route) => {
    switch (route.request().url()) {
      case "http://localhost/":
        return route.fulfill({ contentType: "text/html", body: "<!doctype html><title>digests</title>" });
      case "http://localhost/module.js":
        return route.fulfill({ contentType: "text/javascript", body: module });
      default:
        return route.abort();
    }
  });
  const page = await context.newPage();
  await page.goto("http://localhost/");
  return page;
}
