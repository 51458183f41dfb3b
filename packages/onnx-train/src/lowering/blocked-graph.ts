/** A graph whose values may lie in the blocked channel layout, `[batch, channels / block, ...spatial, block]`. */
import { type Attribute, intAttribute, makeTensor, type OnnxNode, type Tensor } from "@idinit/onnx";
import type { Dim } from "../shapes/dims.js";

/** The operators of that layout; other providers and builds do not have them. */
export const BLOCKED_DOMAIN = "com.microsoft.nchwc";

/** The domain of operations that gradients hold and `blockChannels` writes out; no runtime has it. */
export const BLOCKED_STEPS = "idinit.blocked";

export type DimsOf = (value: string) => readonly Dim[] | undefined;
export type Four = readonly [number, number, number, number];

/** Collects nodes, and brings values from one layout to the other when they are needed there. */
export class BlockedGraph {
  readonly nodes: OnnxNode[] = [];
  readonly constants = new Map<string, Tensor>();
  /** Names in the blocked layout, by name in the plain one. */
  private readonly blocked = new Map<string, string>();
  /** Values that do not exist in the plain layout yet. */
  private readonly waiting = new Set<string>();
  /** Values in blocks that are made when they are needed. */
  private readonly postponed = new Map<string, { readonly source: string; readonly make: () => void }>();
  /** Vectors by the name of their stretched form. */
  private readonly vectors = new Map<string, string>();

  private made = 0;
  /** How often a value of the given graph is read. */
  private readonly reads = new Map<string, number>();

  /**
   * @param block Channels in a block.
   * @param read The given graph's values, each as often as it is read.
   */
  constructor(
    readonly dimsOf: DimsOf,
    readonly block: number,
    read: readonly string[],
  ) {
    for (const value of read) this.reads.set(value, (this.reads.get(value) ?? 0) + 1);
  }

  /** The four sizes of a value, where it has four and all are known. */
  sizesOf(value: string): Four | undefined {
    const dims = this.dimsOf(value);
    return dims?.length === 4 && dims.every((size) => typeof size === "number") ? (dims as unknown as Four) : undefined;
  }

  /** Whether a value lies in blocks alone. */
  isBlocked(value: string): boolean {
    return this.waiting.has(value);
  }

  /** Whether it lies in blocks, be it beside the plain layout. */
  hasBlocks(value: string): boolean {
    return this.blocked.has(value) || this.postponed.has(value);
  }

  /** Leaves a value in blocks, made of another, for when it is needed: sums of such values can be made before. */
  postpone(value: string, source: string, make: () => void): void {
    this.waiting.add(value);
    this.postponed.set(value, { source, make });
  }

  /** What a postponed value that is read once is to be made of. */
  sourceOf(value: string): string | undefined {
    return this.reads.get(value) === 1 ? this.postponed.get(value)?.source : undefined;
  }

  /** Forgets a value that nothing reads any more. */
  drop(value: string): void {
    this.waiting.delete(value);
    this.postponed.delete(value);
  }

  private makePostponed(value: string): void {
    const postponed = this.postponed.get(value);
    this.postponed.delete(value);
    postponed?.make();
  }

  needPlain(value: string): void {
    this.makePostponed(value);
    if (!this.waiting.delete(value)) return;
    const channels = this.dimsOf(value)![1] as number;
    this.add("ReorderOutput", [this.blocked.get(value)!], value, [intAttribute("channels", channels)], BLOCKED_DOMAIN);
  }

  needBlocked(value: string): string {
    this.makePostponed(value);
    let name = this.blocked.get(value);
    if (name === undefined) {
      name = this.add("ReorderInput", [value], `${value}/blocked`, [], BLOCKED_DOMAIN);
      this.blocked.set(value, name);
    }
    return name;
  }

  /** The name under which a node is to write a value in blocks, or has written it. */
  giveBlocked(value: string, name = `${value}/blocked`): string {
    this.blocked.set(value, name);
    this.waiting.add(value);
    return name;
  }

  /** Keeps in mind that a value is a vector stretched over channels, for `vectorOf`. */
  isStretched(value: string, vector: string): void {
    this.vectors.set(value, vector);
  }

  /** The vector `[channels]` behind `[channels, 1, 1]`. */
  vectorOf(stretched: string): string {
    const known = this.vectors.get(stretched);
    if (known !== undefined) return known;
    this.needPlain(stretched);
    const vector = this.reshape(stretched, [-1], `${stretched}/vector`);
    this.vectors.set(stretched, vector);
    return vector;
  }

  /** What `make` gives, made once for each key. */
  once(key: string, make: () => string): string {
    const known = this.blocked.get(key);
    if (known !== undefined) return known;
    const name = make();
    this.blocked.set(key, name);
    return name;
  }

  ints(values: readonly number[]): string {
    const dims = [values.length];
    return this.constant(values.join("x"), () => makeTensor("", dims, BigInt64Array.from(values, BigInt)));
  }

  /** So many times the same number; a scalar without a count. */
  filled(value: number, count?: number): string {
    const dims = count === undefined ? [] : [count];
    const values = new Float32Array(count ?? 1).fill(value);
    return this.constant(`${value}${count === undefined ? "" : `/${count}`}/float`, () => makeTensor("", dims, values));
  }

  /**
   * Takes out the convolution that makes a value in blocks, for a node that does its work and more; none where the value
   * is read more than once, or the convolution has an activation or more inputs than `most`.
   */
  takeConvolution(value: string, most = 4): OnnxNode | undefined {
    if (!this.waiting.has(value) || this.reads.get(value) !== 1) return undefined;
    const name = this.blocked.get(value);
    let at = this.nodes.length - 1;
    while (at >= 0 && this.nodes[at]!.outputs[0] !== name) at--;
    const node = this.nodes[at];
    if (node?.domain !== BLOCKED_DOMAIN || node.opType !== "Conv" || node.inputs.length > most) return undefined;
    if (node.attributes.some((attribute) => attribute.name === "activation")) return undefined;
    this.nodes.splice(at, 1);
    this.waiting.delete(value);
    return node;
  }

  add(
    opType: string,
    inputs: readonly string[],
    output: string,
    attributes: readonly Attribute[] = [],
    domain: OnnxNode["domain"] = "",
  ): string {
    this.addMany(opType, inputs, [output], attributes, domain);
    return output;
  }

  addMany(
    opType: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: readonly Attribute[],
    domain: OnnxNode["domain"] = "",
  ): void {
    const name = `blocked/${opType}_${this.made++}`;
    this.nodes.push({ name, opType, domain, inputs: [...inputs], outputs: [...outputs], attributes: [...attributes] });
  }

  reshape(value: string, dims: readonly number[], output: string): string {
    return this.add("Reshape", [value, this.ints(dims)], output);
  }

  private constant(key: string, make: () => Tensor): string {
    const name = `blocked/${key}`;
    if (!this.constants.has(name)) this.constants.set(name, { ...make(), name });
    return name;
  }
}
