/** Sessions made when first asked for. */
import { OnnxTrainError } from "../errors.js";
import type { InferenceSession, Ort } from "./ort.js";

/**
 * Sequential, for a training graph is one chain. Not "all" optimizations: the last level repacks convolutions with
 * constant kernels for blocked layouts, which here are the one-hot ones only, and repacking costs more than it gains.
 */
const DEFAULTS: InferenceSession.SessionOptions = {
  graphOptimizationLevel: "extended",
  executionMode: "sequential",
  enableCpuMemArena: true,
  enableMemPattern: true,
};

export class Sessions {
  private readonly made = new Map<string, Promise<InferenceSession>>();

  constructor(
    private readonly ort: Ort,
    private readonly options: InferenceSession.SessionOptions = {},
  ) {
    if (options.preferredOutputLocation !== undefined) {
      throw new OnnxTrainError("sessionOptions.preferredOutputLocation is not supported: state is kept in main memory");
    }
  }

  get(name: string, bytes: () => Uint8Array): Promise<InferenceSession> {
    let session = this.made.get(name);
    if (!session) {
      session = this.ort.InferenceSession.create(bytes(), { ...DEFAULTS, ...this.options });
      this.made.set(name, session);
    }
    return session;
  }

  async release(): Promise<void> {
    const all = [...this.made.values()];
    this.made.clear();
    for (const session of all) await (await session).release();
  }
}
