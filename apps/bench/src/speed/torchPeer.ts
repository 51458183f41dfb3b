/** PyTorch as a contender: a Python process that takes one training step whenever it is asked to. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { IdinitError } from "@idinit/core";
import type { Architecture } from "../architectures/index.js";
import type { Batch } from "../engines/engine.js";
import type { Contender } from "./contender.js";
import type { TorchPython } from "./python.js";

export interface TorchPeerOptions {
  readonly batch: number;
  readonly threads: number;
  readonly learningRate: number;
  readonly momentum: number;
  readonly weightDecay: number;
  /** Default `"cpu"`. */
  readonly device?: "cpu" | "cuda";
  /** Every parameter by canonical name. Default: PyTorch's own initialization. */
  readonly weights?: ReadonlyMap<string, Float32Array>;
  /** Batches used in turn. Default: one random batch. */
  readonly batches?: readonly Batch[];
}

/** PyTorch as a contender that also tells the loss. */
export interface TorchPeer extends Contender {
  /** Training steps, by default one: the duration of all, and the loss before the last; only this one is read. */
  train(steps?: number): Promise<{ readonly milliseconds: number; readonly loss: number }>;
}

/**
 * Starts `peers/torch_peer.py` on an architecture.
 *
 * @throws IdinitError when the process ends early, with what it printed last.
 */
export async function torchPeer(
  python: TorchPython,
  architecture: Architecture,
  options: TorchPeerOptions,
): Promise<TorchPeer> {
  const script = fileURLToPath(new URL("../../peers/torch_peer.py", import.meta.url));
  const child = spawn(python.path, [script], {
    // OpenMP reads these before torch can be told: idle worker threads must not spin beside the other contenders.
    env: { ...process.env, OMP_NUM_THREADS: String(options.threads), OMP_WAIT_POLICY: "passive" },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors = (errors + text).slice(-2000);
  });
  // A broken pipe shows as an early end below.
  child.stdin.on("error", () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

  const ask = async <T>(line: string): Promise<T> => {
    child.stdin.write(`${line}\n`);
    const answer = await lines.next();
    if (answer.done)
      throw new IdinitError(`pytorch: the process ended early: ${errors.trim().split("\n").at(-1) ?? ""}`);
    return JSON.parse(answer.value) as T;
  };

  const { version, threads } = await ask<{ version: string; threads: number }>(firstLine(architecture, options));
  const train = (steps = 1) => ask<{ milliseconds: number; loss: number }>(String(steps));
  return {
    name: "pytorch",
    framework: "pytorch",
    version,
    device:
      options.device === "cuda"
        ? `cuda: ${python.cuda ?? "unknown"}`
        : `cpu, ${threads} thread(s), BLAS ${python.blas}`,
    train,
    step: async () => (await train()).milliseconds,
    dispose: async () => {
      child.stdin.end();
      if (child.exitCode === null) await once(child, "exit");
    },
  };
}

function firstLine(architecture: Architecture, { weights, batches, ...rest }: TorchPeerOptions): string {
  const base64 = (values: Float32Array | Int32Array) =>
    Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("base64");
  return JSON.stringify({
    ...rest,
    architecture,
    ...(weights && { weights: Object.fromEntries([...weights].map(([name, values]) => [name, base64(values)])) }),
    ...(batches && {
      batches: batches.map(({ inputs, labels }) => ({ inputs: base64(inputs), labels: base64(labels) })),
    }),
  });
}
