/** Parameters, running statistics and optimizer slots between steps. */
import { type Tensor as StoredTensor, tensorValues } from "@idinit/onnx";
import { OnnxTrainError } from "../errors.js";
import type { StateTensor } from "../training-model.js";
import type { Ort, Tensor } from "./ort.js";

export class TrainerState {
  private readonly tensors = new Map<string, Tensor>();

  constructor(
    private readonly ort: Ort,
    private readonly entries: readonly StateTensor[],
    stored: ReadonlyMap<string, StoredTensor>,
  ) {
    for (const { input, dims } of entries) {
      const tensor = stored.get(input);
      // Slots start at zero; weights are copied, the caller's bytes stay his.
      const values = tensor ? Float32Array.from(tensorValues(tensor) as Float32Array) : new Float32Array(size(dims));
      this.tensors.set(input, new ort.Tensor("float32", values, dims));
    }
  }

  /** Tensors by graph input. */
  feeds(entries: readonly StateTensor[] = this.entries): Record<string, Tensor> {
    return Object.fromEntries(entries.map(({ input }) => [input, this.tensors.get(input)!]));
  }

  /** Takes a step's results: they are fed to the next step as they are. */
  advance(results: Readonly<Record<string, Tensor>>): void {
    for (const { input, output } of this.entries) this.tensors.set(input, results[output]!);
  }

  /** Copies of the values of these kinds. */
  read(...kinds: StateTensor["kind"][]): Map<string, Float32Array> {
    const chosen = this.entries.filter(({ kind }) => kinds.includes(kind));
    return new Map(
      chosen.map(({ input }) => [input, Float32Array.from(this.tensors.get(input)!.data as Float32Array)]),
    );
  }

  /** @throws OnnxTrainError before anything is changed: for unknown names and wrong lengths. */
  write(values: ReadonlyMap<string, Float32Array>, kinds: readonly StateTensor["kind"][]): void {
    const allowed = new Map(
      this.entries.filter(({ kind }) => kinds.includes(kind)).map((entry) => [entry.input, entry]),
    );
    for (const [name, value] of values) {
      const entry = allowed.get(name);
      if (!entry)
        throw new OnnxTrainError(
          `no ${kinds.join(" or ")} tensor "${name}"; there are ${[...allowed.keys()].join(", ")}`,
        );
      const count = size(entry.dims);
      if (!(value instanceof Float32Array) || value.length !== count) {
        const came = value instanceof Float32Array ? `${value.length}` : Object.prototype.toString.call(value);
        throw new OnnxTrainError(
          `"${name}" of shape [${entry.dims.join(", ")}] needs a Float32Array of ${count}, got ${came}`,
        );
      }
    }
    for (const [name, value] of values) {
      this.tensors.set(name, new this.ort.Tensor("float32", Float32Array.from(value), allowed.get(name)!.dims));
    }
  }
}

const size = (dims: readonly number[]) => dims.reduce((a, b) => a * b, 1);
