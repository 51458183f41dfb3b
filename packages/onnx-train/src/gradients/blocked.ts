/** Operations of gradients that `blockChannels` writes out in blocks of channels. */
import { sumPerChannel } from "../compose.js";
import type { TrainingGraph } from "../training-graph.js";
import type { GradientCall } from "./rule.js";

type Blocks = Pick<GradientCall, "g" | "channelBlock">;

/** Whether a value of four known sizes fills whole blocks of channels. */
function fillsBlocks({ g, channelBlock }: Blocks, x: string): boolean {
  const dims = g.dimsOf(x);
  if (channelBlock === 0 || dims.length !== 4 || dims.some((size) => typeof size !== "number")) return false;
  return (dims[1] as number) % channelBlock === 0;
}

/** Sums of a value over all axes but that of the channels. */
export function channelSums(call: Blocks, x: string): string {
  if (!fillsBlocks(call, x)) return sumPerChannel(call.g, x);
  return call.g.blockedOp("ChannelSums", [x], {}, [call.g.dimsOf(x)[1]!]);
}

/** The same of the product of two values: in blocks the product itself is not made. */
export function channelProducts(call: Blocks, a: string, b: string): string {
  const product = (g: TrainingGraph) => sumPerChannel(g, g.op("Mul", [a, b]));
  if (!fillsBlocks(call, a)) return product(call.g);
  return call.g.blockedOp("ChannelProducts", [a, b], {}, [call.g.dimsOf(a)[1]!]);
}
