import { engine, type Tensor, type Tensor1D, type TensorInfo } from "@tensorflow/tfjs-core";
import { addressOf, withWork } from "../address.js";
import type { WasmBackend } from "../backend.js";
import type { NativeKernels } from "../native/exports.js";
import type { Passes } from "./passes.js";

/** In one pass over memory each, by our own kernels on the wasm backend. For channels in fours. */
export function nativePasses(native: NativeKernels, backend: WasmBackend): Passes {
  const at = (tensor: TensorInfo) => addressOf(backend, tensor);
  const sizes = ({ size, shape }: Tensor) => [size / shape.at(-1)!, shape.at(-1)!] as const;
  const make = <T extends Tensor>(shape: readonly number[]) =>
    engine().makeTensorFromTensorInfo(backend.makeOutput(shape, "float32")) as T;
  return {
    statistics(x) {
      const [rows, channels] = sizes(x);
      const [mean, variance] = [make<Tensor1D>([channels]), make<Tensor1D>([channels])];
      withWork(backend, 48 + 16 * channels, (work) =>
        native.statistics(at(mean), at(variance), at(x), rows, channels, work),
      );
      return { mean, variance };
    },
    normalize(x, mean, factor, shift) {
      const y = make(x.shape);
      native.normalize(at(y), at(x), ...sizes(x), at(mean), at(factor), at(shift));
      return y;
    },
    inputGradient(dy, x, mean, combine) {
      const [rows, channels] = sizes(x);
      const [total, along] = [make<Tensor1D>([channels]), make<Tensor1D>([channels])];
      withWork(backend, 16 * channels, (work) =>
        native.gradientSums(at(total), at(along), at(dy), at(x), rows, channels, at(mean), work),
      );
      const { factor, slope, constant } = combine({ total, along });
      const dx = make(x.shape);
      native.inputGradient(at(dx), at(dy), at(x), rows, channels, at(mean), at(factor), at(slope), at(constant));
      return dx;
    },
  };
}
