/** A step for a batch that comes in parts: gradients are added up part by part, then one update is made. */
import {
  type AccumulationModel,
  assembleAccumulation,
  assembleUpdate,
  INVERSE_COUNT,
  type UpdateModel,
} from "../accumulation-model.js";
import type { PreparedModel } from "../model/prepare.js";
import type { StateTensor } from "../training-model.js";
import type { Ort, Tensor } from "./ort.js";
import type { Sessions } from "./sessions.js";
import { TrainerState } from "./state.js";
import { toldOfScaling } from "./told.js";
import type { StepResult, TrainerOptions } from "./trainer.js";

type Tensors = Readonly<Record<string, Tensor>>;

export type PartsResult = Omit<StepResult, "diverged">;

export class PartsStep {
  private models: { readonly parts: AccumulationModel; readonly update: UpdateModel } | undefined;

  constructor(
    private readonly prepared: PreparedModel,
    private readonly options: TrainerOptions,
    private readonly sessions: Sessions,
    private readonly state: TrainerState,
  ) {}

  /**
   * The parts weigh what they count, so that the gradient is that of the mean over all of them. The state advances when
   * everything is done; a run that fails before leaves it as it was.
   */
  async run(batches: readonly Tensors[], scalars: Tensors): Promise<PartsResult> {
    const { ort } = this.options;
    const { parts, update } = this.graphs();
    const changing = written(parts.state);
    const sums = changing.filter(({ kind }) => kind === "sum");
    const session = await this.sessions.get("parts", () => parts.bytes, outputsOf(changing));
    const fixed = this.state.feeds(parts.state.filter(({ output }) => output === ""));
    // Sums start at zero; the running statistics are worked on as a copy.
    const work = new TrainerState(ort, this.sessions, changing, new Map(), 0);
    work.write(await this.state.read("running"), ["running"]);
    let [loss, count] = [0, 0];
    try {
      for (const batch of batches) {
        const results = await session.run({ ...batch, ...fixed, ...work.feeds() });
        const weight = takeNumber(results[parts.count]!);
        loss += weight * takeNumber(results[parts.loss]!);
        count += weight;
        work.advance(changing, results);
      }
      const last = await this.sessions.get("update", () => update.bytes, outputsOf(written(update.state)));
      const inverse = scalarTensor(ort, 1 / count);
      const own = this.state.feeds(update.state.filter(({ kind }) => kind !== "sum"));
      const results = await last.run({ ...scalars, [INVERSE_COUNT]: inverse, ...own, ...work.feeds(sums) });
      const running = await work.read("running");
      this.state.advance(written(update.state), results);
      const { gradientNorm, scaling } = update;
      const told = {
        loss: loss / count,
        ...(gradientNorm && { gradientNorm: takeNumber(results[gradientNorm]!) }),
        ...(scaling && toldOfScaling((name) => takeNumber(results[scaling[name]]!))),
      };
      if (!("skipped" in told && told.skipped)) this.state.write(running, ["running"]);
      return told;
    } finally {
      work.dispose();
    }
  }

  private graphs() {
    if (!this.models) {
      const parameters = this.state.of("parameter").map(({ input, dims }) => ({ name: input, dims }));
      const update = assembleUpdate(this.prepared, this.options, parameters);
      this.models = { parts: assembleAccumulation(this.prepared, this.options), update };
    }
    return this.models;
  }
}

const written = (state: readonly StateTensor[]) => state.filter(({ output }) => output !== "");
const outputsOf = (state: readonly StateTensor[]) => state.map(({ output }) => output);

/** The number in a tensor that is not needed after. */
export function takeNumber(tensor: Tensor): number {
  const value = (tensor.data as Float32Array)[0]!;
  tensor.dispose();
  return value;
}

export const scalarTensor = (ort: Ort, value: number): Tensor => new ort.Tensor("float32", Float32Array.of(value), []);
