/** How long training steps took. */
export interface Duration {
  readonly milliseconds: number;
  /** Time that the process spent on processors, all threads together: what other processes took of the machine is not in it. */
  readonly cpuMilliseconds: number;
}

/** One of the things that are timed against each other. */
export interface Contender {
  readonly name: string;
  readonly framework: string;
  readonly version: string;
  readonly device: string;
  /** Takes one training step. */
  step(): Promise<Duration>;
  /** The most memory its process has had in use so far, in bytes; absent where the system does not tell. */
  peakBytes(): number | undefined;
  dispose(): Promise<void>;
}
