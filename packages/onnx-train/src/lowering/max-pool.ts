/** Max pooling that tells positions, for which the WebGPU provider has no kernel. */
import { DataType, getInt, getInts, getString, intAttribute, type OnnxNode } from "@idinit/onnx";
import { ints } from "./elementary.js";
import type { Lowering, Replacement } from "./lower.js";

const END = 2n ** 63n - 1n;
/** The lowest float32: what padding holds. */
const LOWEST = -3.4028234663852886e38;

/** As float64, which the provider does not take, the node runs on the CPU. Right, and slow: the values cross the bus. */
function onCpu(node: OnnxNode, to: Replacement): void {
  const [y, indices] = node.outputs as [string, string];
  const double = to.op("Cast", [node.inputs[0]!], [intAttribute("to", DataType.double)]);
  const pooled = `lower/${y}/pooled`;
  to.add({ ...node, inputs: [double], outputs: [pooled, indices] });
  to.op("Cast", [pooled], [intAttribute("to", DataType.float)], y);
}

/** Every place of a window, the last axis fastest. */
const placesOf = (kernel: readonly number[]): readonly (readonly number[])[] =>
  kernel.reduce<number[][]>(
    (all, size) => all.flatMap((place) => Array.from({ length: size }, (_, i) => [...place, i])),
    [[]],
  );

/**
 * "GetInputTensor and indices are not supported": the largest of the input's strided parts, one for each place of the
 * window. Which one it was is kept as its distance from the window's first place; that place's position, computed from the
 * shapes, is added at the end. Sizes rounded up and `auto_pad` are left to the CPU.
 */
export const maxPool: Lowering = (node, to) => {
  const [x] = node.inputs as [string];
  const [y, indices] = node.outputs as [string, string?];
  if (!indices) return false;
  const kernel = getInts(node, "kernel_shape") ?? [];
  const rank = kernel.length;
  const automatic = !["NOTSET", "VALID"].includes(getString(node, "auto_pad", "NOTSET"));
  if (automatic || getInt(node, "ceil_mode", 0) !== 0 || getInt(node, "storage_order", 0) !== 0) {
    onCpu(node, to);
    return true;
  }
  const strides = getInts(node, "strides") ?? kernel.map(() => 1);
  const dilations = getInts(node, "dilations") ?? kernel.map(() => 1);
  const pads = getInts(node, "pads") ?? [...kernel, ...kernel].map(() => 0);
  const axes = ints(
    to,
    kernel.map((_, i) => i + 2),
  );
  const padding = () => ints(to, [0, 0, ...pads.slice(0, rank), 0, 0, ...pads.slice(rank)]);
  const padded = pads.some((pad) => pad !== 0)
    ? to.op("Pad", [x, padding(), to.constant([], Float32Array.of(LOWEST))])
    : x;
  const places = placesOf(kernel).map((place) => place.map((at, i) => at * dilations[i]!));

  /** The values at one place of all windows. */
  const part = (place: readonly number[]) => {
    // From the end as far as the rest of the window; 0 would be the beginning.
    const ends = place.map((at, i) => BigInt(at - (kernel[i]! - 1) * dilations[i]!) || END);
    return to.op("Slice", [
      padded,
      ints(to, place),
      to.constant([rank], BigInt64Array.from(ends)),
      axes,
      ints(to, strides),
    ]);
  };

  const size = (value: string, axis: number) =>
    to.op("Shape", [value], [intAttribute("start", axis), intAttribute("end", axis + 1)]);
  const int32 = (value: string) => to.op("Cast", [value], [intAttribute("to", DataType.int32)]);
  /** How far apart neighbours along each spatial axis lie, and planes. */
  const steps: string[] = [ints(to, [1])];
  for (let axis = rank + 1; axis >= 2; axis--) steps.unshift(to.op("Mul", [size(x, axis), steps[0]!]));
  const [plane, ...apart] = steps as [string, ...string[]];
  const distance = (place: readonly number[]) => {
    const along = to.op("Mul", [to.op("Concat", apart, [intAttribute("axis", 0)]), ints(to, place)]);
    return int32(to.op("ReduceSum", [along, ints(to, [0])]));
  };

  let most = part(places[0]!);
  let which = distance(places[0]!);
  const form = most;
  for (const place of places.slice(1)) {
    const other = part(place);
    const greater = to.op("Greater", [other, most]);
    most = to.op("Where", [greater, other, most]);
    which = to.op("Where", [greater, distance(place), which]);
  }

  const [zero, one] = [to.constant([], BigInt64Array.of(0n)), to.constant([], BigInt64Array.of(1n))];
  const count = (length: string) => to.op("Range", [zero, to.op("Squeeze", [length]), one]);
  const spatial = kernel.map((_, i) => {
    const from = to.op("Mul", [count(size(form, i + 2)), ints(to, [strides[i]!])]);
    const positions = to.op("Mul", [to.op("Sub", [from, ints(to, [pads[i]!])]), apart[i]!]);
    return to.op("Reshape", [positions, ints(to, [-1, ...kernel.slice(i + 1).map(() => 1)])]);
  });
  const within = int32(spatial.reduce((sum, positions) => to.op("Add", [sum, positions])));
  const planes = to.op("Mul", [count(to.op("Mul", [size(x, 0), size(x, 1)])), plane]);
  const shape = to.op(
    "Concat",
    [
      size(x, 0),
      size(x, 1),
      ints(
        to,
        kernel.map(() => 1),
      ),
    ],
    [intAttribute("axis", 0)],
  );
  const start = to.op("Add", [int32(to.op("Reshape", [planes, shape])), within]);
  to.op("Identity", [most], [], y);
  to.op("Cast", [to.op("Add", [start, which])], [intAttribute("to", DataType.int64)], indices);
  return true;
};
