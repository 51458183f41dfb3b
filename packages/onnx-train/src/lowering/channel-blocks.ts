/**
 * Convolutions in onnxruntime's blocked channel layout, `[batch, channels / block, ...spatial, block]`.
 *
 * The kernels for it take about half the time of those for the plain layout. onnxruntime's own optimizer uses them only
 * where the weights are constant, which in training they are not: here the weights are brought into the layout at each step.
 * What lies between convolutions stays in blocks as far as it can.
 */
import type { OnnxModel, OnnxNode } from "@idinit/onnx";
import { blockedConvolution, turnedWeights } from "./blocked-convolution.js";
import { blockedDepthSum, blockedDepthToSpace } from "./blocked-depth.js";
import { blockedElementwise } from "./blocked-elementwise.js";
import { BLOCKED_DOMAIN, BLOCKED_STEPS, BlockedGraph, type DimsOf } from "./blocked-graph.js";
import { type BlockedLowering, blockedNorm, blockedPool, blockedVector, channelSums } from "./blocked-norms.js";
import { weightGradient } from "./blocked-weight-gradient.js";

/** A vector stretched over channels is remembered, and made for those that need it. */
const stretched: BlockedLowering = (graph, node) => {
  const [vector] = node.inputs as [string];
  const [length, ...rest] = graph.dimsOf(vector) ?? [];
  const isVector = length !== undefined && rest.length === 0;
  if (node.opType === "Reshape" && isVector && graph.dimsOf(node.outputs[0]!)?.join() === `${length},1,1`) {
    graph.isStretched(node.outputs[0]!, vector);
  }
  return false;
};

const STANDARD: readonly BlockedLowering[] = [
  stretched,
  blockedConvolution,
  blockedDepthToSpace,
  blockedNorm,
  blockedPool,
  blockedVector,
  blockedDepthSum,
  blockedElementwise,
];
const STEPS: readonly BlockedLowering[] = [channelSums, turnedWeights, weightGradient];

/**
 * The same graph with the convolutions over whole blocks of channels in the blocked layout: equal inputs and outputs, equal
 * values within rounding.
 *
 * @param dimsOf The shape of a value of the graph.
 * @param block Channels in a block, as the processor at hand has them (`findChannelBlock`).
 */
export function blockChannels(model: OnnxModel, dimsOf: DimsOf, block: number): OnnxModel {
  const { graph } = model;
  const given = [...graph.nodes.flatMap(({ inputs }) => inputs), ...graph.outputs.map(({ name }) => name)];
  const layout = new BlockedGraph(dimsOf, block, given);
  for (const node of graph.nodes) take(layout, node);
  for (const { name } of graph.outputs) layout.needPlain(name);
  if (layout.nodes.every(({ domain }) => domain !== BLOCKED_DOMAIN)) return model;
  return {
    ...model,
    opsetImports: [...model.opsetImports, { domain: BLOCKED_DOMAIN, version: 1 }],
    graph: { ...graph, nodes: layout.nodes, initializers: [...graph.initializers, ...layout.constants.values()] },
  };
}

function take(layout: BlockedGraph, node: OnnxNode): void {
  const lowerings = node.domain === "" ? STANDARD : node.domain === BLOCKED_STEPS ? STEPS : [];
  if (lowerings.some((lowering) => lowering(layout, node))) return;
  for (const input of node.inputs) layout.needPlain(input);
  layout.nodes.push(node);
}
