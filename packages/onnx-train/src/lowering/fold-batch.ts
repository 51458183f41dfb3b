/**
 * Convolutions of small maps with many channels as convolutions of one wide image, the samples side by side.
 *
 * onnxruntime convolves sample by sample, and reads all the weights for each: on maps of 2x2 that takes most of the time. Side
 * by side, with zeros between them, the samples pass the weights together.
 */
import {
  type Attribute,
  getInt,
  getInts,
  getString,
  intsAttribute,
  makeTensor,
  type OnnxModel,
  type OnnxNode,
  type Tensor,
} from "@idinit/onnx";
import type { Dim } from "../shapes/dims.js";

type DimsOf = (value: string) => readonly Dim[] | undefined;
type Four = [number, number, number, number];

/** The same graph, and the shapes of its values. */
export interface Folded {
  readonly model: OnnxModel;
  readonly dimsOf: DimsOf;
}

/** Weights of a convolution from which on they leave little room in second-level caches: 2 MB. */
const MANY_WEIGHTS = 2 ** 19;
/** The widest rows that are too short: of 8 columns both ways take the same time. */
const NARROW = 4;
/** The same for ConvTranspose in the plain layout, where it costs more to bring the samples together. */
const NARROW_TRANSPOSED = 3;

/** Puts the samples side by side in every ConvTranspose of small maps; all others stay. */
export function foldBatch(model: OnnxModel, dimsOf: DimsOf): Folded {
  const { graph } = model;
  const constants = new Map<string, Tensor>();
  const shapes = new Map<string, readonly Dim[]>();
  const known: DimsOf = (value) => shapes.get(value) ?? dimsOf(value);
  const nodes = graph.nodes.flatMap((node) => {
    const wide = node.opType === "ConvTranspose" ? wideImage(node, known) : undefined;
    return wide ? fold(node, wide, constants, shapes) : [node];
  });
  const initializers = [...graph.initializers, ...constants.values()];
  return { model: { ...model, graph: { ...graph, nodes, initializers } }, dimsOf: known };
}

/** Where the samples lie in the wide image: `pitch` columns for each, at the input and at the output. */
export interface WideImage {
  readonly from: Four;
  readonly to: Four;
  readonly pitch: { readonly from: number; readonly to: number };
  /** What the node's attributes become. */
  readonly changed: readonly Attribute[];
}

/** How the samples of a Conv or a ConvTranspose lie side by side, if it is one of small maps. */
export function wideImage(node: OnnxNode, dimsOf: DimsOf): WideImage | undefined {
  const transposed = node.opType === "ConvTranspose";
  if (node.domain !== "" || !(transposed || node.opType === "Conv")) return undefined;
  if (getInt(node, "group", 1) !== 1 || getString(node, "auto_pad", "NOTSET") !== "NOTSET") return undefined;
  if (getInts(node, "output_shape")) return undefined;
  const [from, w, to] = [node.inputs[0]!, node.inputs[1]!, node.outputs[0]!].map((value) => fourSizes(dimsOf(value)));
  if (!from || !w || !to || from[0] === 1) return undefined;
  // Both directions are described by the convolution: from the image to the map.
  const [image, map] = transposed ? [to, from] : [from, to];
  const many = transposed || w[0] * w[1] * w[2] * w[3] >= MANY_WEIGHTS;
  if (!many || map[3] > (transposed ? NARROW_TRANSPOSED : NARROW)) return undefined;
  const [, stride] = getInts(node, "strides") ?? [1, 1];
  const [, dilation] = getInts(node, "dilations") ?? [1, 1];
  const [top, left, bottom] = getInts(node, "pads") ?? [0, 0, 0, 0];
  const reach = (w[3] - 1) * dilation!;
  // A window must not reach the neighbours: neither the last one's end to the right nor the first one's padding to the left.
  const needed = Math.max(image[3] + left!, (map[3] - 1) * stride! + reach - left! + 1);
  const columns = Math.ceil(needed / stride!);
  const right = reach + 1 - stride! - left!;
  // What no window covers at the end is left out of a convolution's input, which pads cannot say.
  if (right < 0 && !transposed) return undefined;
  const pitch = transposed ? { from: columns, to: columns * stride! } : { from: columns * stride!, to: columns };
  const changed = [intsAttribute("pads", [top!, left!, bottom!, Math.max(right, 0)])];
  const [extra = 0] = getInts(node, "output_padding") ?? [];
  if (transposed) changed.push(intsAttribute("output_padding", [extra, Math.max(-right, 0)]));
  return { from, to, pitch, changed };
}

const fourSizes = (dims: readonly Dim[] | undefined): Four | undefined =>
  dims?.length === 4 && dims.every((size) => typeof size === "number") ? (dims as Four) : undefined;

/** Samples next to each other, zeros after each; the convolution; and back. */
function fold(
  node: OnnxNode,
  { from, to, pitch, changed }: WideImage,
  constants: Map<string, Tensor>,
  shapes: Map<string, readonly Dim[]>,
): OnnxNode[] {
  const nodes: OnnxNode[] = [];
  const [x, ...weights] = node.inputs as [string, ...string[]];
  const y = node.outputs[0]!;
  const ints = (...values: number[]): string => {
    const name = `folded/${values.join("x")}`;
    if (!constants.has(name))
      constants.set(name, makeTensor(name, [values.length], BigInt64Array.from(values, BigInt)));
    return name;
  };
  const add = (
    opType: string,
    inputs: string[],
    output: string,
    dims: readonly number[],
    attributes: Attribute[] = [],
  ) => {
    nodes.push({ name: output, opType, domain: "", inputs, outputs: [output], attributes });
    shapes.set(output, dims);
    return output;
  };
  const [batch, depth, high, wide] = from;
  const [, filters, rows, columns] = to;
  const part = (name: string) => `folded/${y}/${name}`;
  const beside = add(
    "Transpose",
    [x],
    part("beside"),
    [depth, high, batch, wide],
    [intsAttribute("perm", [1, 2, 0, 3])],
  );
  const gap = () => ints(0, 0, 0, 0, 0, 0, 0, pitch.from - wide);
  const spaced =
    pitch.from === wide ? beside : add("Pad", [beside, gap()], part("spaced"), [depth, high, batch, pitch.from]);
  const whole = [1, depth, high, batch * pitch.from];
  const image = add("Reshape", [spaced, ints(...whole)], part("image"), whole);
  const names = new Set(changed.map(({ name }) => name));
  const attributes = [...node.attributes.filter(({ name }) => !names.has(name)), ...changed];
  const made = [1, filters, rows, batch * pitch.to];
  const convolved = add(node.opType, [image, ...weights], part("convolved"), made, attributes);
  const split = [filters, rows, batch, pitch.to];
  const parts = add("Reshape", [convolved, ints(...split)], part("parts"), split);
  const bounds = () => [ints(0), ints(columns), ints(3)];
  const cut =
    pitch.to === columns ? parts : add("Slice", [parts, ...bounds()], part("cut"), [filters, rows, batch, columns]);
  nodes.push({ ...node, opType: "Transpose", inputs: [cut], attributes: [intsAttribute("perm", [2, 0, 1, 3])] });
  return nodes;
}
