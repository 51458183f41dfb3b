/** What is told of each contender, as text. */
import type { SpeedEntry } from "./speedResult.js";

/** Fastest first; what was not measured is a dash. */
export function entryFacts(entries: readonly SpeedEntry[]) {
  return [...entries]
    .sort((a, b) => a.milliseconds - b.milliseconds)
    .map((entry) => ({
      name: entry.name,
      median: entry.milliseconds.toFixed(1),
      range: `${Math.min(...entry.steps).toFixed(1)} … ${Math.max(...entry.steps).toFixed(1)}`,
      ratio: ratio(entry.relativeToPytorch),
      nativeRatio: ratio(entry.relativeToOnnxruntimeNode),
      cpu: entry.cpuMilliseconds.toFixed(1),
      cpuRatio: ratio(entry.cpuRelativeToPytorch),
      peak: entry.peakBytes === undefined ? "–" : (entry.peakBytes / 2 ** 20).toFixed(0),
      peakRatio: ratio(entry.peakRelativeToPytorch),
      framework: `${entry.framework} ${entry.version}, ${entry.device}`,
    }));
}

/** Two decimals, or a dash where nothing was compared. */
export function ratio(value: number | undefined): string {
  return value?.toFixed(2) ?? "–";
}
