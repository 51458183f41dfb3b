/** Speed results as a page. */
import { markdownTable } from "../markdownTable.js";
import { entryFacts, ratio } from "./entryFacts.js";
import { describeEnvironment } from "./environment.js";
import type { SpeedResult } from "./speedResult.js";

const HEAD = [
  "engine",
  "median of the steps",
  "range",
  "PyTorch's median / this",
  "onnxruntime-node's median / this",
  "CPU time",
  "PyTorch's CPU time / this",
  "peak memory, MiB",
  "peak / PyTorch's",
  "framework",
];

/** An overview of several results, then a table for each, with what was skipped, where it ran and by which command. */
export function markdownSpeed(results: readonly SpeedResult[]): string {
  const parts = [
    "# Milliseconds a training step",
    "Every contender trains in a process of its own. CPU time is that of all its threads together, the median of the steps; peak memory is its most resident memory.",
  ];
  if (results.length > 1) parts.push(overview(results));
  for (const { architecture, batch, threads, steps, entries, skipped, environment } of results) {
    const { date, commit, command } = environment;
    const rows = entryFacts(entries).map((entry) => [
      entry.name,
      entry.median,
      entry.range,
      entry.ratio,
      entry.nativeRatio,
      entry.cpu,
      entry.cpuRatio,
      entry.peak,
      entry.peakRatio,
      entry.framework,
    ]);
    parts.push(
      `## ${architecture}, batch ${batch}, ${threads} thread(s)`,
      markdownTable(HEAD, rows),
      ...skipped.map(({ name, reason }) => `Skipped ${name}: ${reason}.`),
      `${steps} steps of each, taken in turns: \`npm run bench:train -- ${command.slice(1).join(" ")}\`, ${date.slice(0, 10)}` +
        `${commit === undefined ? "" : `, commit ${commit}`}; ${describeEnvironment(environment)}.`,
    );
  }
  return `${parts.join("\n\n")}\n`;
}

/** The ratios that onnxruntime is judged by, a line for each result. */
function overview(results: readonly SpeedResult[]): string {
  const head = [
    "network",
    "batch",
    "threads",
    "PyTorch's median / onnxruntime-node's",
    "onnxruntime-node's median / onnxruntime-web's",
    "peak of onnxruntime-node / PyTorch's",
    "peak of onnxruntime-web / PyTorch's",
  ];
  const rows = results.map(({ architecture, batch, threads, entries }) => {
    const [node, web] = ["onnxruntime-node", "onnxruntime-web"].map((name) =>
      entries.find((entry) => entry.name === name),
    );
    return [
      architecture,
      String(batch),
      String(threads),
      ratio(node?.relativeToPytorch),
      ratio(web?.relativeToOnnxruntimeNode),
      ratio(node?.peakRelativeToPytorch),
      ratio(web?.peakRelativeToPytorch),
    ];
  });
  return markdownTable(head, rows);
}
