/**
 * Matrix products by weights as convolutions of one tap in onnxruntime's blocked layout, rows as positions.
 *
 * Those kernels take 0.7 of the time of a matrix product of the same size: nothing has to be packed, and no row of a long matrix
 * pushes the other ones out of the cache. A value that is needed as a plain matrix is moved there, which pays only where
 * products are large.
 */
import { getFloat, getInt, getInts, type OnnxModel, type OnnxNode, type Tensor, tensorNumbers } from "@idinit/onnx";
import { pruned } from "../model/prune.js";
import { BLOCKED_DOMAIN, type DimsOf } from "./blocked-graph.js";
import { TokenGraph } from "./token-graph.js";

/** Operators that do the same to each value, wherever it lies. */
const ELEMENTWISE = new Set([
  ...["Add", "Div", "Mul", "Sub", "Sum"],
  ...["Clip", "Erf", "Exp", "Gelu", "HardSigmoid", "Neg", "Relu", "Sigmoid", "Softplus", "Sqrt", "Tanh"],
]);

/**
 * The same graph with products of many rows by large weights, and the gradients by those weights, in the blocked layout:
 * equal inputs and outputs, equal values within rounding.
 *
 * @param dimsOf The shape of a value of the graph.
 * @param block Columns in a block, as the processor at hand has them (`findChannelBlock`).
 */
export function blockProducts(model: OnnxModel, dimsOf: DimsOf, block: number): OnnxModel {
  const { graph, opsetImports } = model;
  const constants = new Map(graph.initializers.map((tensor) => [tensor.name, tensor]));
  const read = [...graph.nodes.flatMap(({ inputs }) => inputs), ...graph.outputs.map(({ name }) => name)];
  const products = new Products(new TokenGraph(dimsOf, block), constants, countOf(read));
  for (const node of graph.nodes) products.take(node);
  for (const { name } of graph.outputs) products.graph.needPlain(name);
  const { nodes, constants: made } = products.graph;
  if (made.size === 0) return model;
  const imported = opsetImports.some(({ domain }) => domain === BLOCKED_DOMAIN);
  return {
    ...model,
    opsetImports: imported ? opsetImports : [...opsetImports, { domain: BLOCKED_DOMAIN, version: 1 }],
    // The sizes of Reshapes between values in blocks are of no use any more.
    graph: pruned({ ...graph, nodes, initializers: [...graph.initializers, ...made.values()] }),
  };
}

/** A product of `rows` by a matrix `[depth, columns]`. */
interface Sizes {
  readonly rows: number;
  readonly depth: number;
  readonly columns: number;
}

/**
 * A product saves time with its volume, moving its three matrices costs time with their areas. Measured with 4096 rows: 64 by
 * 256 and 256 by 256 gain, 128 by 128 is even, 64 by 64 loses; few rows do not pay for moving the weights.
 */
const pays = ({ rows, depth, columns }: Sizes) => rows >= 512 && 1 / (1 / depth + 1 / columns) >= 50;

class Products {
  /** What a Transpose of two axes turns. */
  private readonly turned = new Map<string, string>();

  constructor(
    readonly graph: TokenGraph,
    private readonly constants: ReadonlyMap<string, Tensor>,
    private readonly reads: ReadonlyMap<string, number>,
  ) {}

  /** Takes over a node, the next in the graph's order. */
  take(node: OnnxNode): void {
    if (node.domain === "" && this.lowered(node)) return;
    for (const input of node.inputs) this.graph.needPlain(input);
    this.graph.nodes.push(node);
  }

  private lowered(node: OnnxNode): boolean {
    if (node.opType === "Reshape") return this.graph.isReshape(node);
    if (node.opType === "Transpose" && getInts(node, "perm")?.join() === "1,0") {
      this.turned.set(node.outputs[0]!, node.inputs[0]!);
      return false;
    }
    if (node.opType === "ReduceSum") return this.columnSums(node);
    if (node.opType === "MatMul") return this.matMul(node);
    if (node.opType === "Gemm") return this.gemm(node);
    return this.biasOf(node) || this.elementwise(node);
  }

  private matMul({ inputs, outputs }: OnnxNode): boolean {
    const [a, b] = inputs as [string, string];
    const source = this.turned.get(b);
    return this.product(a, source ?? b, source !== undefined, undefined, outputs[0]!);
  }

  private gemm(node: OnnxNode): boolean {
    const [a, b, bias] = node.inputs as [string, string, string?];
    if (getFloat(node, "alpha", 1) !== 1 || getFloat(node, "beta", 1) !== 1) return false;
    const [transA, transB] = [getInt(node, "transA", 0), getInt(node, "transB", 0)];
    if (transA === 1) return transB === 0 && !bias && this.weightGradient(a, b, node.outputs[0]!);
    return this.product(a, b, transB === 1, bias, node.outputs[0]!);
  }

  /** Rows by a matrix `[depth, columns]`, or `[columns, depth]` where that is turned. */
  private product(a: string, b: string, turned: boolean, bias: string | undefined, output: string): boolean {
    const { graph } = this;
    const matrix = graph.dimsOf(b);
    const from = graph.rowsOf(a);
    if (!from || matrix?.length !== 2 || graph.isBlocked(b)) return false;
    const columns = matrix[turned ? 0 : 1];
    const { rows, columns: depth } = from;
    if (typeof columns !== "number" || !this.fills(depth, columns) || !pays({ rows, depth, columns })) return false;
    if (bias && graph.dimsOf(bias)?.join() !== `${columns}`) return false;
    const inputs = graph.needBlocked(a);
    const [weights] = graph.once(`${b}/${turned ? "turned" : "straight"}`, () => {
      const name = `${b}/weights-${turned ? "turned" : "straight"}`;
      const moved = graph.reorder(b, columns, depth, `${name}/moved`, !turned);
      return [graph.reshape(moved, [columns, depth, 1, 1], name)];
    });
    for (const [i, part] of graph.giveBlocked(output).entries()) {
      graph.convolution([inputs[i]!, weights!, ...(bias ? [bias] : [])], part);
    }
    return true;
  }

  /** a^T b, summed over the rows: one of both lies in blocks, as the kernels of a convolution over the rows of the other. */
  private weightGradient(a: string, b: string, output: string): boolean {
    const { graph } = this;
    const [left, right] = [graph.rowsOf(a), graph.rowsOf(b)];
    if (!left || !right || !this.fills(left.rows, left.columns, right.columns)) return false;
    if (!pays({ rows: left.rows, depth: left.columns, columns: right.columns })) return false;
    const kernel = graph.isBlocked(a) ? a : graph.isBlocked(b) ? b : undefined;
    if (kernel === undefined) return false;
    const [other, filters] = kernel === a ? [b, left.columns] : [a, right.columns];
    const images = graph.rowBlocks(other);
    let sum: string | undefined;
    for (const [i, part] of graph.needBlocked(kernel).entries()) {
      const weights = graph.reshape(part, [filters, graph.sizeOf(kernel), 1, 1], `${output}/kernels_${i}`);
      const inputs = [images[i]!, weights, ...(sum === undefined ? [] : ["", sum])];
      sum = graph.convolution(inputs, `${output}/sum_${i}`);
    }
    const plain = graph.unblocked(sum!, filters, kernel === b);
    graph.reshape(plain, [left.columns, right.columns], output);
    return true;
  }

  /** A vector added to what a convolution gives is its bias. */
  private biasOf({ opType, inputs, outputs }: OnnxNode): boolean {
    const { graph } = this;
    if (opType !== "Add") return false;
    const value = inputs.find((input) => graph.isBlocked(input));
    const bias = inputs.find((input) => input !== value);
    if (value === undefined || bias === undefined || this.reads.get(value) !== 1) return false;
    const root = graph.rootOf(value);
    if (this.reads.get(root) !== 1) return false;
    if (graph.dimsOf(bias)?.join() !== `${graph.rowsOf(value)!.columns}`) return false;
    const made = graph.needBlocked(value);
    const convs = graph.nodes.filter((node) => made.includes(node.outputs[0]!));
    if (convs.some((node) => node.opType !== "Conv" || node.inputs.length > 2)) return false;
    graph.drop(root);
    for (const [i, part] of graph.giveBlocked(outputs[0]!).entries()) {
      graph.nodes.splice(graph.nodes.indexOf(convs[i]!), 1);
      graph.nodes.push({ ...convs[i]!, inputs: [...convs[i]!.inputs, bias], outputs: [part] });
    }
    return true;
  }

  /** Follows values in blocks where the others are scalars, or in blocks as well. */
  private elementwise(node: OnnxNode): boolean {
    const { graph } = this;
    const output = node.outputs[0]!;
    if (!ELEMENTWISE.has(node.opType) || !node.inputs.some((input) => graph.isBlocked(input))) return false;
    const whole = graph.dimsOf(output)?.join();
    const isWhole = node.inputs.map((input) => graph.dimsOf(input)?.join() === whole && graph.hasBlocks(input));
    if (!node.inputs.every((input, i) => isWhole[i] || !input || graph.dimsOf(input)?.length === 0)) return false;
    const inputs = node.inputs.map((input, i) => (isWhole[i] ? graph.needBlocked(input) : undefined));
    for (const [i, part] of graph.giveBlocked(output).entries()) {
      const own = node.inputs.map((input, j) => inputs[j]?.[i] ?? input);
      graph.nodes.push({ ...node, name: `${node.name}/${i}`, inputs: own, outputs: [part] });
    }
    return true;
  }

  /** Sums over all rows. */
  private columnSums(node: OnnxNode): boolean {
    const { graph } = this;
    const [value, axes] = node.inputs as [string, string?];
    const output = node.outputs[0]!;
    const given = axes ? this.constants.get(axes) : undefined;
    const rank = graph.dimsOf(value)?.length ?? 0;
    if (!given || !graph.isBlocked(value) || getInt(node, "keepdims", 1) !== 0) return false;
    const summed = [...tensorNumbers(given)].map((axis) => (axis < 0 ? axis + rank : axis)).sort((p, q) => p - q);
    if (summed.length !== rank - 1 || summed.some((axis, i) => axis !== i)) return false;
    const { columns } = graph.rowsOf(value)!;
    const { block } = graph;
    const size = graph.sizeOf(value);
    const parts = graph.needBlocked(value).map((part, i) => {
      const shaped = graph.reshape(part, [columns / block, size, block], `${output}/parts_${i}`);
      const sums = `${output}/sums_${i}`;
      graph.nodes.push({ ...node, name: `${node.name}/${i}`, inputs: [shaped, graph.ints([1])], outputs: [sums] });
      return sums;
    });
    const sums = parts.length === 1 ? parts[0]! : graph.add("Sum", parts, `${output}/sum`);
    graph.reshape(sums, [columns], output);
    return true;
  }

  private fills(...sizes: readonly number[]): boolean {
    return sizes.every((size) => size % this.graph.block === 0);
  }
}

function countOf(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
