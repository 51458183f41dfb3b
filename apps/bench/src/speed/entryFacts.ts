/** What is told of each contender, as text. */
import type { SpeedEntry } from "./runSpeed.js";

/** Fastest first. */
export function entryFacts(entries: readonly SpeedEntry[]) {
  return [...entries]
    .sort((a, b) => a.milliseconds - b.milliseconds)
    .map(({ name, milliseconds, relativeToPytorch, steps, framework, version, device }) => ({
      name,
      median: milliseconds.toFixed(1),
      ratio: relativeToPytorch?.toFixed(2) ?? "–",
      range: `${Math.min(...steps).toFixed(1)} … ${Math.max(...steps).toFixed(1)}`,
      framework: `${framework} ${version}, ${device}`,
    }));
}
