import type { Tensor } from "@tensorflow/tfjs-core";

/** Whether our kernels do what a fused convolution or product does last: nothing, or a bias and perhaps ReLU. */
export function finishes(bias: Tensor | undefined, channels: number, activation = "linear"): boolean {
  return bias ? bias.size === channels && ["linear", "relu"].includes(activation) : activation === "linear";
}
