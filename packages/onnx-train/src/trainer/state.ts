/** Parameters, running statistics, optimizer slots and averages between steps. */
import { type Tensor as StoredTensor, tensorValues } from "@idinit/onnx";
import { OnnxTrainError } from "../errors.js";
import { averageOf } from "../optimizers/apply.js";
import type { StateTensor } from "../training-model.js";
import { discarder } from "./discard.js";
import { download } from "./download.js";
import type { Ort, Tensor } from "./ort.js";
import type { Sessions } from "./sessions.js";

type Kind = StateTensor["kind"];
type Values = ReadonlyMap<string, Float32Array>;

export class TrainerState {
  private readonly tensors = new Map<string, Tensor>();
  private readonly discard = discarder();

  /** @param start What the optimizer's slots hold at first. The first step sends all to the device, if there is one. */
  constructor(
    private readonly ort: Ort,
    private readonly sessions: Sessions,
    readonly entries: readonly StateTensor[],
    stored: ReadonlyMap<string, StoredTensor>,
    start: number,
  ) {
    // Weights are copied, the caller's bytes stay his; averages start from the weights.
    const owners = new Map(this.of("parameter").map(({ input }) => [averageOf(input), input]));
    for (const { input, dims, kind, start: own } of entries) {
      const tensor = kind === "slot" ? undefined : stored.get(kind === "average" ? owners.get(input)! : input);
      const values = tensor
        ? Float32Array.from(tensorValues(tensor) as Float32Array)
        : new Float32Array(size(dims)).fill(kind === "slot" ? start : (own ?? 0));
      this.put(input, dims, values);
    }
  }

  /** The entries of these kinds. */
  of(...kinds: readonly Kind[]): StateTensor[] {
    return this.entries.filter(({ kind }) => kinds.includes(kind));
  }

  /** Tensors by graph input. */
  feeds(entries: readonly StateTensor[] = this.entries): Record<string, Tensor> {
    return Object.fromEntries(entries.map(({ input }) => [input, this.tensors.get(input)!]));
  }

  /** The averages under the names of their parameters. */
  averageFeeds(): Record<string, Tensor> {
    const parameters = this.of("parameter");
    return Object.fromEntries(parameters.map(({ input }) => [input, this.tensors.get(averageOf(input))!]));
  }

  /** Takes a run's results: they are fed to the next as they are, and the old tensors are given back. */
  advance(entries: readonly StateTensor[], results: Readonly<Record<string, Tensor>>): void {
    for (const { input, output } of entries) {
      const old = this.tensors.get(input);
      this.tensors.set(input, results[output]!);
      if (old) this.discard(old);
    }
  }

  /** Copies of the values of these kinds, by graph input. */
  async read(...kinds: readonly Kind[]): Promise<Map<string, Float32Array>> {
    const names = this.of(...kinds).map(({ input }) => input);
    const values = await this.values(names);
    return new Map(names.map((name, i) => [name, values[i]!]));
  }

  /** Copies of the averages, by parameter. */
  async readAverages(): Promise<Map<string, Float32Array>> {
    const names = this.of("parameter").map(({ input }) => input);
    const values = await this.values(names.map(averageOf));
    return new Map(names.map((name, i) => [name, values[i]!]));
  }

  /** @throws OnnxTrainError before anything is changed: for unknown names and wrong lengths. */
  write(values: Values, kinds: readonly Kind[]): void {
    if (!(values instanceof Map)) throw new OnnxTrainError(`values by name are given in a Map, got ${values}`);
    const allowed = new Map(this.of(...kinds).map((entry) => [entry.input, entry]));
    for (const [name, value] of values) checkValue(allowed, kinds, name, value);
    for (const [name, value] of values) this.put(name, allowed.get(name)!.dims, Float32Array.from(value));
  }

  dispose(): void {
    for (const tensor of this.tensors.values()) tensor.dispose();
    this.tensors.clear();
  }

  private values(names: readonly string[]): Promise<Float32Array[]> {
    return download(
      this.sessions,
      names.map((name) => this.tensors.get(name)!),
    );
  }

  private put(name: string, dims: readonly number[], values: Float32Array): void {
    this.tensors.get(name)?.dispose();
    this.tensors.set(name, new this.ort.Tensor("float32", values, dims));
  }
}

function checkValue(allowed: ReadonlyMap<string, StateTensor>, kinds: readonly Kind[], name: string, value: unknown) {
  const entry = allowed.get(name);
  if (!entry) {
    throw new OnnxTrainError(`no ${kinds.join(" or ")} tensor "${name}"; there are ${[...allowed.keys()].join(", ")}`);
  }
  const count = size(entry.dims);
  if (value instanceof Float32Array && value.length === count) return;
  const came = value instanceof Float32Array ? `${value.length}` : Object.prototype.toString.call(value);
  throw new OnnxTrainError(
    `"${name}" of shape [${entry.dims.join(", ")}] needs a Float32Array of ${count}, got ${came}`,
  );
}

const size = (dims: readonly number[]) => dims.reduce((a, b) => a * b, 1);
