/** One look at the WebGPU that Node has, from a process of its own. */
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { loadFailure } from "../engines/lazyEngine.js";
import type { Adapter } from "./adapter.js";

/** `adapter`: `null` where Dawn found none. `error`: why it could not be asked. */
export type ProbeResult = { readonly adapter: Omit<Adapter, "driver"> | null } | { readonly error: string };

/** Asks for an adapter with these variables added to the environment. */
export type Probe = (environment?: Readonly<Record<string, string>>) => Promise<ProbeResult>;

/** A driver that has not answered after so long is stuck. */
const PATIENCE = 60_000;

/** Asks Dawn in a child process, so that neither its messages nor a crash of a driver reach this one. */
export const probe: Probe = async (environment = {}) => {
  let dawn: string;
  try {
    dawn = pathToFileURL(createRequire(import.meta.url).resolve("webgpu")).href;
  } catch (error) {
    return { error: `webgpu is ${loadFailure(error)}` };
  }
  const script = fileURLToPath(new URL("../../peers/webgpu_probe.mjs", import.meta.url));
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [script, dawn], {
      env: { ...process.env, ...environment },
      timeout: PATIENCE,
    });
    return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as ProbeResult;
  } catch (error) {
    const { signal, code } = error as { signal?: string; code?: unknown };
    return { error: `the GPU driver ended the process that asked for an adapter (${signal ?? code ?? error})` };
  }
};
