/** A trainer's model in inference mode: outputs and losses. */
import { encodeModel } from "@idinit/onnx";
import { lossOf } from "../losses/index.js";
import { logitsBehind } from "../losses/logits.js";
import { inferenceBytes } from "../model/inference.js";
import type { PreparedModel } from "../model/prepare.js";
import { TrainingGraph } from "../training-graph.js";
import type { TrainingModelInfo } from "../training-model.js";
import type { Tensor } from "./ort.js";
import { takeNumber } from "./parts.js";
import type { Sessions } from "./sessions.js";
import type { TrainerOptions } from "./trainer.js";

type Tensors = Readonly<Record<string, Tensor>>;

export class Inference {
  constructor(
    private readonly prepared: PreparedModel,
    private readonly loss: TrainerOptions["loss"],
    private readonly info: TrainingModelInfo,
    private readonly sessions: Sessions,
  ) {}

  /** All outputs. `weights` are parameters and running statistics by name. */
  async outputs(inputs: Tensors, weights: Tensors): Promise<Record<string, Tensor>> {
    const session = await this.sessions.get("predict", () => inferenceBytes(this.prepared, Object.keys(weights)));
    return { ...(await session.run({ ...inputs, ...weights })) };
  }

  /** What the loss takes: where the output is made of logits, these. */
  private async taken(inputs: Tensors, weights: Tensors): Promise<Record<string, Tensor>> {
    const { name } = this.info.output;
    const logits = logitsBehind(this.prepared, name, lossOf(this.loss));
    if (logits === undefined) return this.outputs(inputs, weights);
    const bytes = () => inferenceBytes(this.prepared, Object.keys(weights), logits);
    const session = await this.sessions.get("logits", bytes);
    const results = await session.run({ ...inputs, ...weights });
    return { [name]: results[logits]! };
  }

  /** The loss of a batch. */
  async lossOf(batch: Tensors, weights: Tensors): Promise<number> {
    const name = this.info.target?.name;
    const inputs = Object.fromEntries(Object.entries(batch).filter(([own]) => own !== name));
    const outputs = await this.taken(inputs, weights);
    const session = await this.sessions.get("loss", () => this.lossBytes());
    const output = outputs[this.info.output.name]!;
    const results = await session.run({ output, ...(name && { [name]: batch[name]! }) });
    for (const tensor of Object.values(outputs)) tensor.dispose();
    return takeNumber(results[session.outputNames[0]!]!);
  }

  /** A graph of the loss alone, for an output that is there already. */
  private lossBytes(): Uint8Array {
    const g = new TrainingGraph(this.prepared.opset, 8, "loss");
    const { target, output } = this.info;
    const given = g.input("output", "float32", output.dims);
    const { loss } = lossOf(this.loss).build(g, given, target && g.input(target.name, target.type, target.dims));
    g.builder.output(loss, "float32", []);
    return encodeModel(g.builder.build());
  }
}
