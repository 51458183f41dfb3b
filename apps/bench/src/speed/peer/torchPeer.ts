/** PyTorch as a contender: a Python process that takes one training step whenever it is asked to. */
import { fileURLToPath } from "node:url";
import type { Architecture } from "../../architectures/index.js";
import type { Batch } from "../../engines/engine.js";
import type { Contender, Duration } from "../contender.js";
import type { TorchPython } from "../python.js";
import { peerProcess } from "./peerProcess.js";

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
  train(steps?: number): Promise<Duration & { readonly loss: number }>;
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
  const script = fileURLToPath(new URL("../../../peers/torch_peer.py", import.meta.url));
  // OpenMP reads these before torch can be told: idle worker threads must not spin beside the other contenders.
  const environment = { OMP_NUM_THREADS: String(options.threads), OMP_WAIT_POLICY: "passive" };
  const peer = peerProcess("pytorch", python.path, [script], environment);
  try {
    const { version, threads } = await peer.ask<{ version: string; threads: number }>(firstLine(architecture, options));
    const train = (steps = 1) => peer.ask<Duration & { readonly loss: number }>(String(steps));
    return {
      name: "pytorch",
      framework: "pytorch",
      version,
      device:
        options.device === "cuda"
          ? `cuda: ${python.cuda ?? "unknown"}`
          : `cpu, ${threads} thread(s), BLAS ${python.blas}`,
      train,
      step: () => train(),
      peakBytes: () => peer.peakBytes(),
      dispose: () => peer.close(),
    };
  } catch (error) {
    await peer.close();
    throw error;
  }
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
