/**
 * A graph whose matrices of rows may lie in the blocked layout, rows as positions: `[columns / block, rows, block]` for each
 * part of the rows.
 */
import { type Attribute, intAttribute, intsAttribute, makeTensor, type OnnxNode, type Tensor } from "@idinit/onnx";
import { BLOCKED_DOMAIN, type DimsOf } from "./blocked-graph.js";

/**
 * Rows of a part. What is done to a part of a wide matrix finds it in the cache of a core: elementwise operators take half of
 * the time, the convolutions nine tenths. Smaller parts gain little more and make more nodes.
 */
const PART = 256;

/** All axes but the last as one, and the last. */
export interface Rows {
  readonly rows: number;
  readonly columns: number;
}

/** Collects nodes, and brings values from one layout to the other when they are needed there. */
export class TokenGraph {
  readonly nodes: OnnxNode[] = [];
  readonly constants = new Map<string, Tensor>();
  /** The value that another one is a Reshape of, with the same rows. */
  private readonly roots = new Map<string, string>();
  /** Names of the parts in blocks, by root; and of what else is made once. */
  private readonly blocked = new Map<string, readonly string[]>();
  /** Roots that do not exist as plain matrices yet. */
  private readonly waiting = new Set<string>();
  /** Reshapes of those. */
  private readonly reshapes = new Map<string, OnnxNode>();

  constructor(
    readonly dimsOf: DimsOf,
    readonly block: number,
  ) {}

  /** Of a value of two axes or more, all known. */
  rowsOf(value: string): Rows | undefined {
    const dims = this.dimsOf(value);
    if (!dims || dims.length < 2 || dims.some((size) => typeof size !== "number")) return undefined;
    const columns = dims.at(-1) as number;
    return { rows: (dims as number[]).slice(0, -1).reduce((a, b) => a * b, 1), columns };
  }

  /** Whether a value lies in blocks alone. */
  isBlocked = (value: string): boolean => this.waiting.has(this.rootOf(value));
  /** Whether it lies in blocks, be it beside the plain matrix. */
  hasBlocks = (value: string): boolean => this.blocked.has(this.rootOf(value));

  /** Follows a Reshape that keeps the rows. */
  isReshape(node: OnnxNode): boolean {
    const [value, output] = [node.inputs[0]!, node.outputs[0]!];
    const [from, to] = [this.rowsOf(value), this.rowsOf(output)];
    if (!from || from.rows !== to?.rows || from.columns !== to.columns) return false;
    this.roots.set(output, this.rootOf(value));
    if (!this.isBlocked(value)) return false;
    this.reshapes.set(output, node);
    return true;
  }

  needPlain(value: string): void {
    const reshape = this.reshapes.get(value);
    if (reshape) {
      this.reshapes.delete(value);
      this.needPlain(reshape.inputs[0]!);
      this.nodes.push(reshape);
    }
    if (!this.waiting.delete(value)) return;
    const { columns } = this.rowsOf(value)!;
    const parts = this.blocked.get(value)!.map((part) => this.unblocked(part, columns, true));
    const whole =
      parts.length === 1 ? parts[0]! : this.add("Concat", parts, `${value}/joined`, [intAttribute("axis", 1)]);
    this.reshape(whole, this.dimsOf(value) as readonly number[], value);
  }

  /** An image as a plain one, with the channels last or first. */
  unblocked(value: string, channels: number, last: boolean): string {
    const attributes = [intAttribute("channels", channels), intAttribute("channels_last", last ? 1 : 0)];
    return this.add("ReorderOutput", [value], `${value}/plain`, attributes, BLOCKED_DOMAIN);
  }

  /** Rows of a part. */
  sizeOf(value: string): number {
    const { rows } = this.rowsOf(value)!;
    return rows % PART === 0 ? PART : rows;
  }

  /** The parts in blocks. */
  needBlocked(value: string): readonly string[] {
    const root = this.rootOf(value);
    return this.once(root, () => {
      const { columns } = this.rowsOf(value)!;
      return this.parts(value).map((part, i) =>
        this.reorder(part, columns, this.sizeOf(value), `${root}/tokens_${i}`, true),
      );
    });
  }

  /** The parts in blocks of rows. */
  rowBlocks(value: string): readonly string[] {
    const root = this.rootOf(value);
    return this.once(`${root}/row-blocks`, () => {
      const { columns } = this.rowsOf(value)!;
      return this.parts(value).map((part, i) =>
        this.reorder(part, this.sizeOf(value), columns, `${root}/row-blocks_${i}`),
      );
    });
  }

  /** The parts of a plain matrix. */
  private parts(value: string): readonly string[] {
    this.needPlain(value);
    const root = this.rootOf(value);
    const { rows, columns } = this.rowsOf(value)!;
    const size = this.sizeOf(value);
    if (size === rows) return [value];
    return this.once(`${root}/parts`, () => {
      const matrix = this.reshape(value, [rows, columns], `${root}/matrix`);
      return Array.from({ length: rows / size }, (_, i) =>
        this.add("Slice", [matrix, this.ints([i * size]), this.ints([(i + 1) * size])], `${root}/part_${i}`),
      );
    });
  }

  /** In blocks of a matrix's rows, or with `last` of its columns. */
  reorder(value: string, channels: number, positions: number, output: string, last = false): string {
    const places = this.places(positions);
    const shaped = this.reshape(value, last ? [1, ...places, channels] : [1, channels, ...places], `${output}/shaped`);
    return this.add("ReorderInput", [shaped], output, [intAttribute("channels_last", last ? 1 : 0)], BLOCKED_DOMAIN);
  }

  /**
   * Positions as an image: threads share its lines, and operators with a scalar go number by number where the last axis
   * has size 1.
   */
  private places(positions: number): readonly [number, number] {
    return positions % this.block === 0 ? [positions / this.block, this.block] : [1, positions];
  }

  /** The names under which nodes are to write the parts of a value in blocks. */
  giveBlocked(value: string): readonly string[] {
    const { rows } = this.rowsOf(value)!;
    const names = Array.from({ length: rows / this.sizeOf(value) }, (_, i) => `${value}/tokens_${i}`);
    this.waiting.add(value);
    this.blocked.set(value, names);
    return names;
  }

  /** Forgets a value that is in another one now. */
  drop(value: string): void {
    this.waiting.delete(value);
    this.blocked.delete(value);
  }

  /** What `make` gives, made once for each key. */
  once(key: string, make: () => readonly string[]): readonly string[] {
    const known = this.blocked.get(key);
    if (known !== undefined) return known;
    const names = make();
    this.blocked.set(key, names);
    return names;
  }

  rootOf(value: string): string {
    return this.roots.get(value) ?? value;
  }

  /** A convolution of one tap. */
  convolution(inputs: readonly string[], output: string): string {
    const attributes = [
      intsAttribute("kernel_shape", [1, 1]),
      intsAttribute("pads", [0, 0, 0, 0]),
      intsAttribute("strides", [1, 1]),
      intsAttribute("dilations", [1, 1]),
      intAttribute("group", 1),
    ];
    return this.add("Conv", inputs, output, attributes, BLOCKED_DOMAIN);
  }

  reshape(value: string, dims: readonly number[], output: string): string {
    return this.add("Reshape", [value, this.ints(dims)], output);
  }

  ints(values: readonly number[]): string {
    const name = `tokens/${values.join("x")}`;
    if (!this.constants.has(name)) {
      this.constants.set(name, makeTensor(name, [values.length], BigInt64Array.from(values, BigInt)));
    }
    return name;
  }

  add(
    opType: string,
    inputs: readonly string[],
    output: string,
    attributes: readonly Attribute[] = [],
    domain: OnnxNode["domain"] = "",
  ): string {
    const name = `tokens/${opType}_${this.nodes.length}`;
    this.nodes.push({ name, opType, domain, inputs: [...inputs], outputs: [output], attributes: [...attributes] });
    return output;
  }
}
