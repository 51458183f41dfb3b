import { avgPool, type KernelFunc, mul, reshape, type Tensor, type Tensor4D, tidy, util } from "@tensorflow/tfjs-core";
import { addressOf } from "../address.js";
import { attributesOf, type KernelArguments, tensorsOf, type WasmBackend } from "../backend.js";
import { nativeKernels } from "../native/nativeKernels.js";

/** Average pooling of more channels overflows the stack of the backend's module, which has 64 kB. */
const mostColumns = 8192;

/**
 * The sum over leading axes, as in the gradients of biases and norms, by our own kernel.
 *
 * The wasm backend transposes for it and then adds in a plain loop. Without our own kernels, average pooling over all rows, times
 * their number, reads the values once and vectorised: about six times as fast. It pools in two levels, so that rounding errors
 * grow with the square root of the number of rows. Other axes and types go to the backend's own kernel.
 */
export function sum(original: KernelFunc): KernelFunc {
  return (args: KernelArguments) => {
    const { x } = tensorsOf<"x">(args);
    const { axis, keepDims } = attributesOf<{ axis: number | number[] | undefined; keepDims: boolean }>(args);
    const axes = util.parseAxisParam(axis as number | number[], x.shape).sort((p, q) => p - q);
    const leading = axes.length < x.rank && axes.every((a, index) => a === index);
    const rows = util.sizeFromShape(x.shape.slice(0, axes.length));
    const columns = util.sizeFromShape(x.shape.slice(axes.length));
    if (!leading || x.dtype !== "float32" || rows < 2 || columns < 2) return original(args);
    const rest = x.shape.slice(axes.length);
    const native = nativeKernels(args.backend);
    if (native) {
      const backend = args.backend as WasmBackend;
      const y = backend.makeOutput(keepDims ? [...axes.map(() => 1), ...rest] : rest, "float32");
      native.sumRows(addressOf(backend, y), addressOf(backend, x), rows, columns);
      return y;
    }
    if (columns > mostColumns) return original(args);
    return tidy(() => {
      const inner = divisorNearRoot(rows);
      const partial = meanOfRuns(x, rows / inner, inner, columns);
      const total = mul(meanOfRuns(partial, 1, rows / inner, columns), rows);
      return reshape(total, keepDims ? [...axes.map(() => 1), ...rest] : rest);
    });
  };
}

/** `[runs * length, columns] -> [runs, columns]`. */
function meanOfRuns(x: Tensor, runs: number, length: number, columns: number): Tensor {
  if (length === 1) return x;
  return avgPool(reshape(x, [runs, length, 1, columns]) as Tensor4D, [length, 1], 1, "valid");
}

function divisorNearRoot(n: number): number {
  let divisor = Math.ceil(Math.sqrt(n));
  while (n % divisor !== 0) divisor++;
  return divisor;
}
