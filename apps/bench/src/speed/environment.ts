/** Where a measurement was taken. */
import { arch, cpus, loadavg, platform, release } from "node:os";

export interface SpeedEnvironment {
  readonly date: string;
  readonly node: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  /** Average number of busy processes over the last minute, before and after: much above the threads used means the numbers are noisy. */
  readonly loadBefore: number;
  readonly loadAfter: number;
}

/** Reads the machine's facts; call the result once the measurement is over. */
export function observeEnvironment(): () => SpeedEnvironment {
  const loadBefore = loadavg()[0] ?? 0;
  const date = new Date().toISOString();
  return () => ({
    date,
    node: process.version,
    platform: `${platform()} ${release()} ${arch()}`,
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    loadBefore,
    loadAfter: loadavg()[0] ?? 0,
  });
}

/** One line for people. */
export function describeEnvironment({ cpu, cores, node, platform, loadBefore, loadAfter }: SpeedEnvironment): string {
  return (
    `${cpu}, ${cores} cores, Node ${node}, ${platform}, ` +
    `load ${loadBefore.toFixed(2)} before and ${loadAfter.toFixed(2)} after`
  );
}
