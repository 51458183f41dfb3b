/** Where a measurement was taken. */
import { loadavg } from "node:os";
import { type Environment, readEnvironment } from "../environment.js";

export interface SpeedEnvironment extends Environment {
  readonly date: string;
  /** Average number of busy processes over the last minute, before and after: much above the threads used means the numbers are noisy. */
  readonly loadBefore: number;
  readonly loadAfter: number;
}

/** Reads the machine's facts; call the result once the measurement is over. */
export async function observeEnvironment(): Promise<() => SpeedEnvironment> {
  const loadBefore = loadavg()[0] ?? 0;
  const date = new Date().toISOString();
  const environment = await readEnvironment();
  return () => ({ ...environment, date, loadBefore, loadAfter: loadavg()[0] ?? 0 });
}

/** One line for people. */
export function describeEnvironment({ cpu, cores, node, platform, loadBefore, loadAfter }: SpeedEnvironment): string {
  return (
    `${cpu}, ${cores} cores, Node ${node}, ${platform}, ` +
    `load ${loadBefore.toFixed(2)} before and ${loadAfter.toFixed(2)} after`
  );
}
