/** Gradient of a convolution by its input. */
import { range } from "../compose.js";
import { type Phases, phasesOf } from "./conv-phases.js";
import type { ConvShape } from "./conv-shape.js";
import type { GradientCall } from "./rule.js";
import { transposedWindow } from "./transposed-window.js";

/** Pads of the convolution with the turned kernel; negative where the forward pads exceed the kernel. */
function flippedPads({ kernel, dilations, pads }: ConvShape): number[] {
  const rank = kernel.length;
  return range(2 * rank).map((i) => (kernel[i % rank]! - 1) * dilations[i % rank]! - pads[i]!);
}

export function convInputGradient(call: GradientCall, shape: ConvShape): string {
  const { g, dy, node, forms } = call;
  const { group, kernel, strides, dilations } = shape;
  const w = node.inputs[1]!;
  const pads = flippedPads(shape);
  const possible = strides.every((s) => s === 1) && pads.every((p) => p >= 0);
  const phases = possible || forms.convInput !== "auto" || !canTurn(call, shape) ? undefined : phasesOf(shape);
  if (phases) return inPhases(call, shape, phases);
  if (!possible || forms.convInput === "transposed") {
    return g.op("ConvTranspose", [dy, w], { group, ...transposedWindow(shape) });
  }
  const weights = turnedWeights(call, shape);
  return g.op("Conv", [dy, weights], { group, kernel_shape: kernel, dilations, pads });
}

/** Whether `blockChannels` can turn the weights. */
function canTurn({ channelBlock: block }: GradientCall, { group, channels, filters, kernel }: ConvShape): boolean {
  return block > 0 && group === 1 && kernel.length === 2 && channels % block === 0 && filters % block === 0;
}

/** What lies between two steps comes as channels, and is then put in its place. */
function inPhases({ g, dy, node }: GradientCall, shape: ConvShape, { kernel, pads, taps }: Phases): string {
  const { channels, filters, strides } = shape;
  const depth = channels * strides[0]! * strides[1]!;
  const weights = g.blockedOp("TurnedWeights", [node.inputs[1]!], { taps }, [depth, filters, ...kernel]);
  const together = g.op("Conv", [dy, weights], { kernel_shape: kernel, pads });
  return g.op("DepthToSpace", [together], { blocksize: strides[0]!, mode: "DCR" });
}

/** `[filters, channels / group, ...kernel]` -> `[channels, filters / group, ...kernel reversed]` */
function turnedWeights(call: GradientCall, shape: ConvShape): string {
  const { g, node } = call;
  const { group, channels, filters, kernel } = shape;
  const w = node.inputs[1]!;
  const taps = kernel.reduce((a, b) => a * b, 1);
  if (canTurn(call, shape)) {
    const reversed = range(taps).map((tap) => taps - 1 - tap);
    return g.blockedOp("TurnedWeights", [w], { taps: reversed }, [channels, filters, ...kernel]);
  }
  const [f, c] = [filters / group, channels / group];
  const split = g.op("Reshape", [w, g.ints([group, f, c, taps])]);
  const swapped = g.op("Transpose", [split], { perm: [0, 2, 1, 3] });
  const turned =
    taps === 1 ? swapped : g.op("Slice", [swapped, g.ints([-1]), g.ints([-(2 ** 31)]), g.ints([3]), g.ints([-1])]);
  return g.op("Reshape", [turned, g.ints([channels, f, ...kernel])]);
}
