import type { TensorInfo } from "@tensorflow/tfjs-core";
import { attributesOf, type KernelArguments, tensorsOf, type WasmBackend } from "../backend.js";

/**
 * `out[s] = sum of x[i] over all i with segmentIds[i] = s`: the gradient of a lookup (`gather`). Ids outside
 * `[0, numSegments)` are left out, as in the cpu backend.
 */
export function unsortedSegmentSum(args: KernelArguments): TensorInfo {
  const { x, segmentIds } = tensorsOf<"x" | "segmentIds">(args);
  const { numSegments } = attributesOf<{ numSegments: number }>(args);
  const backend = args.backend as WasmBackend;
  const rowShape = x.shape.slice(1);
  const row = rowShape.reduce((size, axis) => size * axis, 1);
  const out = backend.makeOutput([numSegments, ...rowShape], x.dtype);
  const result = backend.typedArrayFromHeap(out);
  const values = backend.typedArrayFromHeap(x);
  const ids = backend.typedArrayFromHeap(segmentIds);
  result.fill(0);
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]!;
    if (id < 0 || id >= numSegments) continue;
    const to = id * row;
    const from = i * row;
    for (let k = 0; k < row; k++) result[to + k]! += values[from + k]!;
  }
  return out;
}
