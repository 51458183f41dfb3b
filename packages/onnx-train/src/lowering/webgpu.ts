/** What onnxruntime's WebGPU provider (1.30) takes and then fails on, or leaves to the CPU without need. */
import { getFloat, getInt, intAttribute, intsAttribute, nodeLabel } from "@idinit/onnx";
import { OnnxTrainError } from "../errors.js";
import { elementaryLowering, ints } from "./elementary.js";
import type { Lowering, LoweringTable, Replacement } from "./lower.js";
import { maxPool } from "./max-pool.js";
import { groupedVolumes, transposedVolumes } from "./volumes.js";

/** The mean over axes that stay with size 1; the axes became an input in opset 18. */
function mean(to: Replacement, x: string, axes: readonly number[]): string {
  const keep = intAttribute("keepdims", 1);
  if (to.opset >= 18) return to.op("ReduceMean", [x, ints(to, axes)], [keep]);
  return to.op("ReduceMean", [x], [intsAttribute("axes", [...axes]), keep]);
}

/**
 * "BatchNormalization trainingMode is not supported yet": mean and population variance per channel by reductions over
 * `[batch, channels, positions]`, then `(x - mean) / sqrt(variance + epsilon) scale + bias`.
 */
const batchNormalization: Lowering = (node, to) => {
  if (getInt(node, "training_mode", 0) === 0) return false;
  if (getFloat(node, "momentum", 0.9) !== 0)
    throw new OnnxTrainError(`node ${nodeLabel(node)}: batch norm in training should have momentum 0`);
  const [x, scale, bias] = node.inputs as [string, string, string];
  const [y, batchMean, batchVariance] = node.outputs as [string, string?, string?];
  const vector = (value: string) => to.op("Reshape", [value, ints(to, [1, -1, 1])]);
  const flat = (value: string, name: string) => to.op("Reshape", [value, ints(to, [-1])], [], name);
  const rows = to.op("Reshape", [x, ints(to, [0, 0, -1])]);
  const centre = mean(to, rows, [0, 2]);
  const difference = to.op("Sub", [rows, centre]);
  const variance = mean(to, to.op("Mul", [difference, difference]), [0, 2]);
  const epsilon = to.constant([], Float32Array.of(getFloat(node, "epsilon", 1e-5)));
  const inverse = to.op("Reciprocal", [to.op("Sqrt", [to.op("Add", [variance, epsilon])])]);
  const scaled = to.op("Mul", [difference, to.op("Mul", [inverse, vector(scale)])]);
  to.op("Reshape", [to.op("Add", [scaled, vector(bias)]), to.op("Shape", [x])], [], y);
  if (batchMean) flat(centre, batchMean);
  if (batchVariance) flat(variance, batchVariance);
  return true;
};

/**
 * For `lower`: batch norm with batch statistics, max pooling that tells positions, convolutions of volumes in groups or
 * transposed, on which the provider fails; and operators that it leaves to the CPU where others do the same on the device.
 */
export const webgpuLowering: LoweringTable = {
  ...elementaryLowering,
  BatchNormalization: batchNormalization,
  Conv: groupedVolumes,
  ConvTranspose: transposedVolumes,
  MaxPool: maxPool,
};
