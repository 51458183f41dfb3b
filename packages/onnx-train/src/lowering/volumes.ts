/** Convolutions in three dimensions, for which the WebGPU provider has no transposed form and no groups. */
import { type Attribute, getInt, getInts, getString, intAttribute, intsAttribute, type OnnxNode } from "@idinit/onnx";
import { ints } from "./elementary.js";
import type { Lowering, Replacement } from "./lower.js";

/** The kernel's sizes where there are three, with pads in numbers. */
function volume(node: OnnxNode, to: Replacement): readonly number[] | undefined {
  if (getString(node, "auto_pad", "NOTSET") !== "NOTSET") return undefined;
  const kernel = getInts(node, "kernel_shape") ?? to.dims(node.inputs[1]!)?.slice(2);
  return kernel?.length === 3 ? kernel : undefined;
}

const sizes = (to: Replacement, value: string, start: number, end?: number) =>
  to.op("Shape", [value], [intAttribute("start", start), ...(end === undefined ? [] : [intAttribute("end", end)])]);

const reshape = (to: Replacement, value: string, parts: readonly string[], output?: string) =>
  to.op("Reshape", [value, to.op("Concat", parts, [intAttribute("axis", 0)])], [], output);

/** "Conv3D does not support grouped convolution": one convolution a group. */
export const groupedVolumes: Lowering = (node, to) => {
  const groups = getInt(node, "group", 1);
  if (groups === 1 || !volume(node, to)) return false;
  const split = (value: string, axis: number) => {
    const outputs = Array.from({ length: groups }, (_, i) => `lower/${node.outputs[0]}/${value}/${i}`);
    const attributes = [intAttribute("axis", axis)];
    if (to.opset >= 18) attributes.push(intAttribute("num_outputs", groups));
    to.add({ name: outputs[0]!, opType: "Split", domain: "", inputs: [value], outputs, attributes });
    return outputs;
  };
  const operands = node.inputs.map((value, i) => (value ? split(value, i === 0 ? 1 : 0) : undefined));
  const attributes = node.attributes.filter(({ name }) => name !== "group");
  const parts = Array.from({ length: groups }, (_, i) =>
    to.op(
      "Conv",
      operands.map((group) => group?.[i] ?? ""),
      attributes,
    ),
  );
  to.op("Concat", parts, [intAttribute("axis", 1)], node.outputs[0]);
  return true;
};

/**
 * "Only Conv2d or Conv1d are supported": each plane of the depth convolved by itself, with the places of the kernel's depth
 * as further channels, `[n d, m kd, h', w']`; then those are laid on each other by a second transposed convolution along the
 * depth, whose kernel is one-hot.
 */
export const transposedVolumes: Lowering = (node, to) => {
  const [x, w, bias] = node.inputs as [string, string, string?];
  const kernel = volume(node, to);
  if (!kernel || getInts(node, "output_shape")) return false;
  const [depth, high, wide] = kernel as [number, number, number];
  const group = getInt(node, "group", 1);
  const all = {
    strides: getInts(node, "strides") ?? [1, 1, 1],
    dilations: getInts(node, "dilations") ?? [1, 1, 1],
    output_padding: getInts(node, "output_padding") ?? [0, 0, 0],
  };
  const pads = getInts(node, "pads") ?? [0, 0, 0, 0, 0, 0];
  const inPlane: Attribute[] = [
    ...Object.entries(all).map(([name, list]) => intsAttribute(name, list.slice(1))),
    intsAttribute("pads", [pads[1]!, pads[2]!, pads[4]!, pads[5]!]),
    intAttribute("group", group),
  ];
  const alongDepth: Attribute[] = [
    ...Object.entries(all).map(([name, list]) => intsAttribute(name, [list[0]!, name === "output_padding" ? 0 : 1])),
    intsAttribute("pads", [pads[0]!, 0, pads[3]!, 0]),
  ];
  const turned = (value: string, perm: number[]) => to.op("Transpose", [value], [intsAttribute("perm", perm)]);
  const rest = ints(to, [-1]);
  const [batch, deep] = [sizes(to, x, 0, 1), sizes(to, x, 2, 3)];
  const filters = to.op("Mul", [sizes(to, w, 1, 2), ints(to, [group])]);

  const planes = reshape(to, turned(x, [0, 2, 1, 3, 4]), [rest, sizes(to, x, 1, 2), sizes(to, x, 3)]);
  const weights = to.op("Reshape", [w, ints(to, [0, -1, high, wide])]);
  const convolved = to.op("ConvTranspose", [planes, weights], inPlane);
  const places = turned(reshape(to, convolved, [batch, deep, filters, ints(to, [depth]), rest]), [0, 2, 3, 1, 4]);
  const columns = reshape(to, places, [ints(to, [-1, depth]), sizes(to, places, 3)]);
  const hot = Float32Array.from({ length: depth * depth }, (_, i) => (i % (depth + 1) === 0 ? 1 : 0));
  const laid = to.op("ConvTranspose", [columns, to.constant([depth, 1, depth, 1], hot)], alongDepth);
  const shape = [batch, filters, rest, sizes(to, convolved, 2)];
  if (!bias) {
    reshape(to, laid, shape, node.outputs[0]);
    return true;
  }
  const vector = to.op("Reshape", [bias, ints(to, [-1, 1, 1, 1])]);
  to.op("Add", [reshape(to, laid, shape), vector], [], node.outputs[0]);
  return true;
};
