/** Parameters, running statistics and optimizer slots that stay on a device. */
import { IdinitError } from "@idinit/core";
import type { Ort, StateTensor } from "@idinit/onnx-train";
import type { Tensor } from "onnxruntime-common";

export interface DeviceState {
  /** By graph input, all or those of some kinds. */
  feeds(...kinds: StateTensor["kind"][]): Record<string, Tensor>;
  /** Takes over a step's results and frees what they replace. */
  advance(results: Readonly<Record<string, Tensor>>): void;
  dispose(): void;
}

/** State of these values; slots start at zero. The first step sends it to the device, its results are there already. */
export function createDeviceState(
  ort: Ort,
  entries: readonly StateTensor[],
  weights: ReadonlyMap<string, Float32Array>,
): DeviceState {
  const tensors = new Map(
    entries.map(({ input, dims, kind }) => {
      const size = dims.reduce((a, b) => a * b, 1);
      const values = kind === "slot" ? new Float32Array(size) : weights.get(input);
      if (values?.length !== size) {
        throw new IdinitError(`parameter "${input}" needs ${size} values [${dims}], got ${values?.length ?? "none"}`);
      }
      return [input, new ort.Tensor("float32", values.slice(), dims) as Tensor];
    }),
  );
  return {
    feeds: (...kinds) =>
      Object.fromEntries(
        entries
          .filter(({ kind }) => kinds.length === 0 || kinds.includes(kind))
          .map(({ input }) => [input, tensors.get(input)!]),
      ),
    advance(results) {
      for (const { input, output } of entries) {
        free(tensors.get(input)!);
        tensors.set(input, results[output]!);
      }
    },
    dispose() {
      for (const tensor of tensors.values()) free(tensor);
      tensors.clear();
    },
  };
}

/** Device memory is not garbage collected; main memory is, and its tensors refuse. */
export function free(tensor: Tensor): void {
  if (tensor.location !== "cpu") tensor.dispose();
}
