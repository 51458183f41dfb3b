/** A JavaScript engine as a contender: a Node process that takes one training step whenever it is asked to. */
import { fileURLToPath } from "node:url";
import type { Architecture } from "../../architectures/index.js";
import type { EngineName } from "../../engines/index.js";
import type { Contender, Duration } from "../contender.js";
import { peerProcess } from "./peerProcess.js";
import type { EngineAnswer, EngineTask } from "./serveEngine.js";

export interface EnginePeerOptions {
  readonly batch: number;
  readonly threads: number;
  readonly learningRate: number;
  readonly momentum: number;
  readonly weightDecay: number;
  /** The module that the process runs. Default: `engineProcess.js` beside this one. */
  readonly module?: URL;
}

/**
 * Starts an engine on an architecture; every step trains on the same batch.
 *
 * @throws IdinitError when the engine cannot train it here or the process ends early, with the reason.
 */
export async function enginePeer(
  engine: EngineName,
  architecture: Architecture,
  options: EnginePeerOptions,
): Promise<Contender> {
  const { module = new URL("./engineProcess.js", import.meta.url), ...rest } = options;
  const peer = peerProcess(engine, process.execPath, [fileURLToPath(module)]);
  try {
    const task: EngineTask = { engine, architecture, ...rest };
    const description = await peer.ask<EngineAnswer>(JSON.stringify(task));
    return {
      name: engine,
      ...description,
      step: () => peer.ask<Duration>("1"),
      peakBytes: () => peer.peakBytes(),
      dispose: () => peer.close(),
    };
  } catch (error) {
    await peer.close();
    throw error;
  }
}
