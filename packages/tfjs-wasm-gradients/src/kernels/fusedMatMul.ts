import { engine, type KernelFunc, type Tensor } from "@tensorflow/tfjs-core";
import { addressOf } from "../address.js";
import { attributesOf, type KernelArguments, tensorsOf, type WasmBackend } from "../backend.js";
import { finishes } from "../finishes.js";
import { nativeKernels } from "../native/nativeKernels.js";

/** A dense layer: the product by our own kernel, then a bias and perhaps ReLU in one pass; the backend does the rest. */
export function fusedMatMul(original: KernelFunc): KernelFunc {
  return (args: KernelArguments) => {
    const { a, b, bias } = tensorsOf<"a" | "b" | "bias">(args) as { a: Tensor; b: Tensor; bias?: Tensor };
    const { transposeA, transposeB, activation } = attributesOf<FusedAttributes>(args);
    const columns = b.shape.at(transposeB ? -2 : -1)!;
    const native = a.dtype === "float32" && finishes(bias, columns, activation) && nativeKernels(args.backend);
    if (!native || columns % 4 !== 0) return original(args);
    const y = engine().runKernel("BatchMatMul", { a, b }, { transposeA, transposeB }) as Tensor;
    const backend = args.backend as WasmBackend;
    if (bias) {
      const rectify = activation === "relu";
      native.addBias(addressOf(backend, y), y.size / columns, columns, addressOf(backend, bias), rectify);
    }
    return y;
  };
}

interface FusedAttributes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly activation?: string;
}
