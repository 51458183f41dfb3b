/** Gradients of taking and putting single elements and slices by index. */
import { getInt, getString } from "@idinit/onnx";
import { zerosLike } from "../compose.js";
import { OnnxTrainError } from "../errors.js";
import { axisOf } from "../shapes/dims.js";
import type { GradientRule, GradientRules } from "./rule.js";

/** Elements go back to where they were taken from and add up there. */
const gatherElements: GradientRule = ({ g, dy, node, needs }) => {
  const [data, indices] = node.inputs as [string, string];
  const attributes = { axis: getInt(node, "axis", 0), reduction: "add" };
  return [needs(0) ? g.op("ScatterElements", [zerosLike(g, data), indices, dy], attributes) : undefined];
};

const gatherNd: GradientRule = ({ g, dy, node, needs }) => {
  const [data, indices] = node.inputs as [string, string];
  if (!needs(0)) return [undefined];
  if (getInt(node, "batch_dims", 0) > 0) throw new OnnxTrainError("batch_dims above 0 has no gradient");
  return [g.op("ScatterND", [zerosLike(g, data), indices, dy], { reduction: "add" })];
};

/** What is put in gets the gradient of its place; what was there gets it only where it was added to or left. */
const scatter =
  (take: string, put: string): GradientRule =>
  ({ g, dy, node, needs }) => {
    const [, indices, updates] = node.inputs as [string, string, string];
    const reduction = getString(node, "reduction", "none");
    if (reduction !== "none" && reduction !== "add")
      throw new OnnxTrainError(`reduction "${reduction}" has no gradient, only "none" and "add"`);
    const attributes = put === "ScatterElements" ? { axis: getInt(node, "axis", 0) } : {};
    const left = () =>
      reduction === "add" ? dy : g.op(put, [dy, indices, zerosLike(g, updates)], { ...attributes, reduction: "none" });
    return [needs(0) ? left() : undefined, undefined, needs(2) ? g.op(take, [dy, indices], attributes) : undefined];
  };

/** The values' gradient goes to where the largest ones stood; the second output says where. */
const topK: GradientRule = ({ g, dy, node, needs }) => {
  const x = node.inputs[0]!;
  if (!needs(0)) return [undefined];
  const axis = axisOf(getInt(node, "axis", -1), g.dimsOf(x).length);
  return [g.op("ScatterElements", [zerosLike(g, x), node.outputs[1], dy], { axis, reduction: "add" })];
};

export const elementGradients: GradientRules = {
  GatherElements: gatherElements,
  GatherND: gatherNd,
  ScatterElements: scatter("GatherElements", "ScatterElements"),
  ScatterND: scatter("GatherND", "ScatterND"),
  TopK: topK,
};
