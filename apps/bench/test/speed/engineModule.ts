/** The program of engines' processes as one file, made of the sources: Node runs no TypeScript. */
import { mkdtempSync, rmSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "vite";

/** Where it is, and how to remove it. It lies beside this file, so that imports resolve as in the sources. */
export async function engineModule(): Promise<{ readonly url: URL; remove(): void }> {
  const folder = mkdtempSync(fileURLToPath(new URL(".engine-", import.meta.url)));
  const conditions = ["@idinit/source"];
  await build({
    configFile: false,
    logLevel: "error",
    resolve: { conditions },
    // What tfjs needs is large, and is imported only by its engines.
    ssr: { noExternal: [/^@idinit/], external: ["@idinit/tfjs-wasm-gradients"], resolve: { conditions } },
    build: {
      ssr: fileURLToPath(new URL("../../src/speed/peer/engineProcess.ts", import.meta.url)),
      outDir: folder,
      emptyOutDir: false,
      rollupOptions: { output: { entryFileNames: "engine.mjs" } },
    },
  });
  return {
    url: pathToFileURL(`${folder}/engine.mjs`),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
