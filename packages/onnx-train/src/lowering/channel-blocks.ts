/**
 * Convolutions in onnxruntime's blocked channel layout, `[batch, channels / block, ...spatial, block]`.
 *
 * The kernels for it take about half the time of those for the plain layout. onnxruntime's own optimizer uses them only
 * where the weights are constant, which in training they are not: here the weights are brought into the layout at each step.
 */
import {
  type Attribute,
  getInt,
  getInts,
  getString,
  intAttribute,
  intsAttribute,
  makeTensor,
  type OnnxModel,
  type OnnxNode,
  type Tensor,
} from "@idinit/onnx";
import type { Dim } from "../shapes/dims.js";

/** The operators of that layout; other providers and builds do not have them. */
export const BLOCKED_DOMAIN = "com.microsoft.nchwc";

type DimsOf = (value: string) => readonly Dim[] | undefined;

/**
 * The same graph with the convolutions over whole blocks of channels in the blocked layout: equal inputs and outputs, equal
 * values within rounding.
 *
 * @param dimsOf The shape of a value of the graph.
 * @param block Channels in a block, as the processor at hand has them (`findChannelBlock`).
 */
export function blockChannels(model: OnnxModel, dimsOf: DimsOf, block: number): OnnxModel {
  const layout = new BlockedGraph(dimsOf, block);
  for (const node of model.graph.nodes) layout.take(node);
  for (const { name } of model.graph.outputs) layout.needPlain(name);
  if (layout.nodes.every(({ domain }) => domain !== BLOCKED_DOMAIN)) return model;
  const { graph } = model;
  return {
    ...model,
    opsetImports: [...model.opsetImports, { domain: BLOCKED_DOMAIN, version: 1 }],
    graph: { ...graph, nodes: layout.nodes, initializers: [...graph.initializers, ...layout.constants.values()] },
  };
}

/** Operators that do the same to each value, wherever it lies. */
const ELEMENTWISE = new Set([
  "Add",
  "Clip",
  "Div",
  "HardSigmoid",
  "Mul",
  "Neg",
  "Relu",
  "Sigmoid",
  "Sub",
  "Sum",
  "Tanh",
]);

class BlockedGraph {
  readonly nodes: OnnxNode[] = [];
  readonly constants = new Map<string, Tensor>();
  /** Names in the blocked layout, by name in the plain one. */
  private readonly blocked = new Map<string, string>();
  /** Values that do not exist in the plain layout yet. */
  private readonly waiting = new Set<string>();
  /** Values with batch and channels swapped, by the node that is to make them when they are needed. */
  private readonly swapped = new Map<string, OnnxNode>();

  constructor(
    private readonly dimsOf: DimsOf,
    private readonly block: number,
  ) {}

  /** Takes over a node, the next in the graph's order. */
  take(node: OnnxNode): void {
    if (node.domain === "" && (this.swap(node) || this.convolution(node) || this.elementwise(node))) return;
    for (const input of node.inputs) this.needPlain(input);
    this.nodes.push(node);
  }

  needPlain(value: string): void {
    const node = this.swapped.get(value);
    if (node) {
      this.swapped.delete(value);
      this.needPlain(node.inputs[0]!);
      this.nodes.push(node);
    }
    if (!this.waiting.delete(value)) return;
    const channels = intAttribute("channels", this.dimsOf(value)![1] as number);
    this.add("ReorderOutput", [this.blocked.get(value)!], value, [channels], BLOCKED_DOMAIN);
  }

  private needBlocked(value: string): string {
    let name = this.blocked.get(value);
    if (name === undefined) {
      this.needPlain(value);
      name = this.add("ReorderInput", [value], `${value}/blocked`, [], BLOCKED_DOMAIN);
      this.blocked.set(value, name);
    }
    return name;
  }

  private giveBlocked(value: string): string {
    const name = `${value}/blocked`;
    this.blocked.set(value, name);
    this.waiting.add(value);
    return name;
  }

  /** Follows a blocked input where the others are scalars or of the same shape. */
  private elementwise(node: OnnxNode): boolean {
    const output = node.outputs[0]!;
    if (!ELEMENTWISE.has(node.opType) || !node.inputs.some((input) => this.waiting.has(input))) return false;
    const whole = this.dimsOf(output)?.join();
    const isWhole = node.inputs.map((input) => this.dimsOf(input)?.join() === whole);
    if (!node.inputs.every((input, i) => isWhole[i] || !input || this.dimsOf(input)?.length === 0)) return false;
    const inputs = node.inputs.map((input, i) => (isWhole[i] ? this.needBlocked(input) : input));
    this.nodes.push({ ...node, inputs, outputs: [this.giveBlocked(output)] });
    return true;
  }

  /** Left for later: as weights a swapped value is made from the blocks of what it swaps. */
  private swap(node: OnnxNode): boolean {
    if (node.opType !== "Transpose" || getInts(node, "perm")?.join() !== "1,0,2,3") return false;
    this.swapped.set(node.outputs[0]!, node);
    return true;
  }

  private convolution(node: OnnxNode): boolean {
    if (node.opType !== "Conv" || getString(node, "auto_pad", "NOTSET") !== "NOTSET") return false;
    const [x, w, bias] = node.inputs as [string, string, string?];
    const dims = this.dimsOf(w);
    if (dims?.length !== 4 || dims.some((size) => typeof size !== "number")) return false;
    const [filters, depth, high, wide] = dims as [number, number, number, number];
    const group = getInt(node, "group", 1);
    const { block } = this;
    const dense = group === 1 && depth % block === 0;
    // An image of few channels is read as it is. A single one is what the one-hot kernels of weight gradients have.
    const image = group === 1 && depth > 1 && depth < block;
    const depthwise = depth === 1 && group > 1 && group === filters;
    if (filters % block !== 0 || !(dense || image || depthwise)) return false;
    if (bias) this.needPlain(bias);
    if (image) this.needPlain(x);
    const sized = this.dimsOf(x)
      ?.slice(1)
      .every((size) => typeof size === "number");
    const source = dense && sized ? this.swapped.get(w)?.inputs[0] : undefined;
    const given = getInts(node, "pads") ?? [0, 0, 0, 0];
    // A kernel as large as the image lies over the padding everywhere, and the kernels are slow there.
    const pads = source ? [0, 0, 0, 0] : given;
    const input = image ? x : source ? this.padded(x, given, node.outputs[0]!) : this.needBlocked(x);
    const sizes = [filters, depth, high, wide] as const;
    const weights = source ? this.swappedWeights(w, source, sizes) : this.weights(w, sizes, dense);
    const attributes = [
      intsAttribute("kernel_shape", [high, wide]),
      intsAttribute("pads", pads),
      intsAttribute("strides", getInts(node, "strides") ?? [1, 1]),
      intsAttribute("dilations", getInts(node, "dilations") ?? [1, 1]),
      intAttribute("group", group),
    ];
    const inputs = bias ? [input, weights, bias] : [input, weights];
    this.add("Conv", inputs, this.giveBlocked(node.outputs[0]!), attributes, BLOCKED_DOMAIN);
    return true;
  }

  /** `[filters / block, depth / block, high, wide, block of depth, block of filters]`; the depth is whole where it is not dense. */
  private weights(w: string, dims: readonly [number, number, number, number], dense: boolean): string {
    const name = `${w}/blocked-${dense ? "dense" : "whole"}`;
    const known = this.blocked.get(name);
    if (known) return known;
    this.needPlain(w);
    const { block } = this;
    const [filters, depth, high, wide] = dims;
    // The runtime's reordering, first of the depth and then of the filters, takes a third of the time of a Transpose.
    const deep = dense ? this.add("ReorderInput", [w], `${name}/deep`, [], BLOCKED_DOMAIN) : w;
    const split = this.ints([filters / block, block, depth * high * wide, 1]);
    const parts = this.add("Reshape", [deep, split], `${name}/parts`);
    const turned = this.add("ReorderInput", [parts], `${name}/turned`, [], BLOCKED_DOMAIN);
    this.blocked.set(name, this.add("Reshape", [turned, this.ints(dims)], name));
    return name;
  }

  /** The same layout from the blocks of `source`, `[depth, filters, high, wide]`: whole blocks move. */
  private swappedWeights(w: string, source: string, dims: readonly [number, number, number, number]): string {
    const name = `${w}/blocked-swapped`;
    const known = this.blocked.get(name);
    if (known) return known;
    const { block } = this;
    const [filters, depth, high, wide] = dims;
    const blocks = [depth / block, block, filters / block, high * wide, block];
    const parts = this.add("Reshape", [this.needBlocked(source), this.ints(blocks)], `${name}/parts`);
    const turned = this.add("Transpose", [parts], `${name}/turned`, [intsAttribute("perm", [2, 0, 3, 1, 4])]);
    this.blocked.set(name, this.add("Reshape", [turned, this.ints(dims)], name));
    return name;
  }

  /** In blocks as well: there whole blocks move. */
  private padded(x: string, pads: readonly number[], consumer: string): string {
    const input = this.needBlocked(x);
    if (pads.every((size) => size === 0)) return input;
    const { block } = this;
    const [top, left, bottom, right] = pads as [number, number, number, number];
    const [channels, high, wide] = this.dimsOf(x)!.slice(1) as [number, number, number];
    const parts = this.ints([0, channels / block, high, wide, block]);
    const inBlocks = this.add("Reshape", [input, parts], `${consumer}/unpadded`);
    const sizes = this.ints([0, 0, top, left, 0, 0, 0, bottom, right, 0]);
    const padded = this.add("Pad", [inBlocks, sizes], `${consumer}/padded`);
    const dims = this.ints([0, channels, high + top + bottom, wide + left + right]);
    return this.add("Reshape", [padded, dims], `${consumer}/input`);
  }

  private ints(values: readonly number[]): string {
    const name = `blocked/${values.join("x")}`;
    if (!this.constants.has(name)) {
      this.constants.set(name, makeTensor(name, [values.length], BigInt64Array.from(values, BigInt)));
    }
    return name;
  }

  private add(
    opType: string,
    inputs: string[],
    output: string,
    attributes: Attribute[] = [],
    domain: OnnxNode["domain"] = "",
  ): string {
    const name = `blocked/${opType}_${this.nodes.length}`;
    this.nodes.push({ name, opType, domain, inputs, outputs: [output], attributes });
    return output;
  }
}
