import type { Tensor, Tensor1D } from "@tensorflow/tfjs-core";
import type { OnWasm } from "../native/onWasm.js";
import type { Passes } from "./passes.js";

/** In one pass over memory each, by our own kernels on the wasm backend. For channels in fours. */
export function nativePasses({ kernels, at, make, work }: OnWasm): Passes {
  const sizes = ({ size, shape }: Tensor) => [size / shape.at(-1)!, shape.at(-1)!] as const;
  return {
    statistics(x) {
      const [rows, channels] = sizes(x);
      const [mean, variance] = [make<Tensor1D>([channels]), make<Tensor1D>([channels])];
      work(48 + 16 * channels, (free) => kernels.statistics(at(mean), at(variance), at(x), rows, channels, free));
      return { mean, variance };
    },
    normalize(x, mean, factor, shift) {
      const y = make(x.shape);
      kernels.normalize(at(y), at(x), ...sizes(x), at(mean), at(factor), at(shift));
      return y;
    },
    inputGradient(dy, x, mean, combine) {
      const [rows, channels] = sizes(x);
      const [total, along] = [make<Tensor1D>([channels]), make<Tensor1D>([channels])];
      work(16 * channels, (free) =>
        kernels.gradientSums(at(total), at(along), at(dy), at(x), rows, channels, at(mean), free),
      );
      const { factor, slope, constant } = combine({ total, along });
      const dx = make(x.shape);
      kernels.inputGradient(at(dx), at(dy), at(x), rows, channels, at(mean), at(factor), at(slope), at(constant));
      return dx;
    },
  };
}
