/** One of the things whose throughput is measured. */
export interface ThroughputContender {
  readonly name: string;
  readonly framework: string;
  readonly version: string;
  readonly device: string;
  /** Milliseconds until the first step could begin. */
  readonly buildMilliseconds: number;
  /** Takes so many training steps and reads the loss of the last one only; milliseconds for all of them. */
  round(steps: number): Promise<{ readonly milliseconds: number; readonly loss: number }>;
  dispose(): Promise<void>;
}
