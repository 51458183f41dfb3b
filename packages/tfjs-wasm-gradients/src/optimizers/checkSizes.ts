import type { Tensor, Variable } from "@tensorflow/tfjs-core";
import { WasmGradientsError } from "../errors.js";

/** @throws WasmGradientsError when one is missing, or of another size than the parameter. */
export function checkSizes(
  rule: string,
  { name, shape, size }: Variable,
  others: Readonly<Record<string, Tensor | undefined>>,
): void {
  for (const [role, tensor] of Object.entries(others)) {
    if (tensor?.size === size) continue;
    const got = tensor ? `one of shape [${tensor.shape}]` : "none";
    throw new WasmGradientsError(`${rule}: "${name}" of shape [${shape}] needs a ${role} of that shape, got ${got}`);
  }
}
