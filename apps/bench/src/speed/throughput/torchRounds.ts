/** PyTorch as a contender for throughput. */
import type { Architecture } from "../../architectures/index.js";
import { type TorchPeerOptions, torchPeer } from "../peer/torchPeer.js";
import type { TorchPython } from "../python.js";
import type { ThroughputContender } from "./contender.js";

/** Starts PyTorch on its GPU, or where it has none on the CPU. */
export async function torchRounds(
  python: TorchPython,
  architecture: Architecture,
  options: TorchPeerOptions,
): Promise<ThroughputContender> {
  const started = performance.now();
  const peer = await torchPeer(python, architecture, {
    ...options,
    device: python.cuda === undefined ? "cpu" : "cuda",
  });
  return {
    name: peer.name,
    framework: peer.framework,
    version: peer.version,
    device: peer.device,
    buildMilliseconds: performance.now() - started,
    round: (steps) => peer.train(steps),
    dispose: () => peer.dispose(),
  };
}
