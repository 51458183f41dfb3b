/** The threads' module as one file, made of the sources: Node runs no TypeScript. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "vite";

/** Where it is, and how to remove it. */
export async function workerModule(): Promise<{ readonly url: URL; remove(): void }> {
  const folder = mkdtempSync(join(tmpdir(), "idinit-worker-"));
  await build({
    configFile: false,
    logLevel: "error",
    build: {
      ssr: fileURLToPath(new URL("../../src/node/worker.ts", import.meta.url)),
      outDir: folder,
      emptyOutDir: false,
      rollupOptions: { output: { entryFileNames: "worker.mjs" } },
    },
  });
  return {
    url: pathToFileURL(join(folder, "worker.mjs")),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
