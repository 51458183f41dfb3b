/** Engines that are imported when they are first used, so that one that is not installed harms nobody. */
import type { Engine, EngineName } from "./engine.js";

/**
 * An engine that `load` imports at the first call; where that fails, `unsupported` says why and the other calls throw.
 */
export function lazyEngine(name: EngineName, load: () => Promise<Engine>): Engine {
  return {
    name,
    unsupported: async (architecture, options) => {
      let engine: Engine;
      try {
        engine = await load();
      } catch (error) {
        return loadFailure(error);
      }
      return engine.unsupported(architecture, options);
    },
    describe: async () => (await load()).describe(),
    create: async (architecture, weights, options) => (await load()).create(architecture, weights, options),
  };
}

/** Why an import failed, as a reason for people: `"not installed: npm install onnxruntime-node"` where a package is missing. */
export function loadFailure(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const missing = /Cannot find (?:package|module) '([^'.\\/][^']*)'/.exec(message)?.[1];
  if (missing === undefined) return `cannot be loaded: ${message.split("\n")[0]}`;
  const [scopeOrName, name] = missing.split("/");
  return `not installed: npm install ${missing.startsWith("@") ? `${scopeOrName}/${name}` : scopeOrName}`;
}
