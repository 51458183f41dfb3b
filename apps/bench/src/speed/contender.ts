/** One of the things that are timed against each other. */
export interface Contender {
  readonly name: string;
  readonly framework: string;
  readonly version: string;
  readonly device: string;
  /** Takes one training step; its duration in milliseconds. */
  step(): Promise<number>;
  /** The most memory its process has had in use so far, in bytes; absent where the system does not tell. */
  peakBytes(): number | undefined;
  dispose(): Promise<void>;
}
