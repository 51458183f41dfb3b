/** The throughput result as text for a terminal. */
import { describeEnvironment } from "../environment.js";
import { table } from "../table.js";
import type { ThroughputResult } from "./runThroughput.js";

/** A table, one line a contender, network and batch size, then losses that are no numbers, what failed and where it ran. */
export function formatThroughput(result: ThroughputResult): string {
  const rows = result.entries.map((entry) => [
    entry.architecture,
    String(entry.batch),
    entry.name,
    entry.milliseconds.toFixed(2),
    ((1000 * entry.batch) / entry.milliseconds).toFixed(0),
    entry.relativeToPytorch === undefined ? "–" : entry.relativeToPytorch.toFixed(2),
    (entry.buildMilliseconds / 1000).toFixed(1),
    (entry.firstStepMilliseconds / 1000).toFixed(1),
    `${entry.framework} ${entry.version}, ${entry.device}`,
  ]);
  const head = [
    "network",
    "batch",
    "engine",
    "ms/step",
    "examples/s",
    "vs PyTorch",
    "build s",
    "first step s",
    "framework",
  ];
  return [
    ...(result.precision === "mixed" ? ["mixed precision; PyTorch, where it is timed, in float32"] : []),
    `median of ${result.steps} training steps in rounds of ${result.lossEvery}, the loss read once a round, after ${result.warmUp} steps of warm-up`,
    "",
    ...table([head, ...rows]),
    ...result.entries
      .filter(({ loss }) => !Number.isFinite(loss))
      .map(({ architecture, batch, name, loss }) => `loss of ${name} on ${architecture}, batch ${batch}: ${loss}`),
    ...result.failures.map(
      ({ architecture, batch, name, reason }) => `no ${name} on ${architecture}, batch ${batch}: ${reason}`,
    ),
    "",
    describeEnvironment(result.environment),
  ].join("\n");
}
