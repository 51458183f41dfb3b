import type { Tensor } from "@tensorflow/tfjs-core";
import type { OnWasm } from "../native/onWasm.js";
import type { LayerNormPasses } from "./layerNormalization.js";

/** By our own kernels on the wasm backend. For rows in fours. */
export function nativeLayerNorm({ kernels, at, all, make, work }: OnWasm): LayerNormPasses {
  const sizes = ({ size, shape }: Tensor) => [size / shape.at(-1)!, shape.at(-1)!] as const;
  return {
    forward(x, scale, shift, epsilon) {
      const [rows, columns] = sizes(x);
      const [y, mean, inverse] = [make(x.shape), make([rows]), make([rows])];
      kernels.layerNorm(at(y), at(x), rows, columns, at(scale), at(shift), epsilon, at(mean), at(inverse));
      return { y, mean, inverse };
    },
    backward(dy, x, scale, mean, inverse) {
      const [rows, columns] = sizes(x);
      const [dx, along, total] = [make(x.shape), make([columns]), make([columns])];
      work(4 * columns, (free) => {
        const [to, gradient, from] = all(dx, dy, x);
        kernels.layerNormGradient(to, at(along), gradient, from, rows, columns, at(scale), at(mean), at(inverse), free);
        kernels.sumRows(at(total), gradient, rows, columns);
      });
      return [dx, along, total];
    },
  };
}
