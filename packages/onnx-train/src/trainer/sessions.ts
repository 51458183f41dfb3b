/** Sessions made when first asked for. */
import { OnnxTrainError } from "../errors.js";
import type { InferenceSession, Ort } from "./ort.js";

/** Sequential execution: a training graph is one chain, and its parallel form only costs switches. */
const DEFAULTS: InferenceSession.SessionOptions = {
  graphOptimizationLevel: "all",
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
