/** Sessions made when first asked for. */
import { OnnxTrainError } from "../errors.js";
import { lower } from "../lowering/lower.js";
import type { InferenceSession, Ort } from "./ort.js";
import { type Placement, placementOf } from "./placement.js";

/**
 * Sequential, for a training graph is one chain. Not "all" optimizations: the last level repacks convolutions with
 * constant kernels for blocked layouts, which here are the one-hot ones only, and repacking costs more than it gains.
 * Without memory patterns: they give each step one block for all its values beside what the first step has taken, which
 * makes the peak half as large again, and no step is faster for it.
 */
const DEFAULTS: InferenceSession.SessionOptions = {
  graphOptimizationLevel: "extended",
  executionMode: "sequential",
  enableCpuMemArena: true,
  enableMemPattern: false,
};

/**
 * Numbers below 1.2e-38 count as 0: closed branches and the squares that Adam keeps make many, and a processor is slower with each.
 * A residual stem of 109 convolutions that starts as identities took 0.95 of the CPU time.
 */
function flushingDenormals(extra: InferenceSession.SessionOptions["extra"] = {}): Record<string, unknown> {
  return { ...extra, session: { set_denormal_as_zero: "1", ...(extra.session as object | undefined) } };
}

export class Sessions {
  readonly placement: Placement;
  private readonly made = new Map<string, Promise<InferenceSession>>();

  constructor(
    private readonly ort: Ort,
    private readonly options: InferenceSession.SessionOptions = {},
  ) {
    if (options.preferredOutputLocation !== undefined) {
      throw new OnnxTrainError(
        "sessionOptions.preferredOutputLocation is not supported: the trainer decides what stays on the device",
      );
    }
    this.placement = placementOf(ort, options);
  }

  /** @param kept The outputs that stay where state stays; the others come to main memory. */
  get(name: string, bytes: () => Uint8Array, kept: readonly string[] = []): Promise<InferenceSession> {
    let session = this.made.get(name);
    if (!session) {
      const { lowering, state } = this.placement;
      const own = lowering ? lower(bytes(), lowering) : bytes();
      const locations = Object.fromEntries(kept.map((output) => [output, state]));
      session = this.ort.InferenceSession.create(own, {
        ...DEFAULTS,
        ...this.options,
        extra: flushingDenormals(this.options.extra),
        ...(state !== "cpu" && kept.length > 0 && { preferredOutputLocation: locations }),
      });
      this.made.set(name, session);
      // One that could not be made is not kept: it would hinder the release of the others.
      session.catch(() => this.made.delete(name));
    }
    return session;
  }

  async release(): Promise<void> {
    const all = [...this.made.values()];
    this.made.clear();
    for (const session of all) await (await session).release();
  }
}
