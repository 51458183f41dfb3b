/** Gelu as exporters write it, five nodes around Erf, as the one function that it is. */
import { type OnnxNode, type Tensor, tensorNumbers } from "@idinit/onnx";

/** The stored tensor behind a value that is not trained. */
type ConstantOf = (value: string) => Tensor | undefined;

/**
 * The nodes with every `x (1 + erf(x / sqrt 2)) / 2` as one Gelu node, for the way back: its gradient needs x alone, so none of
 * the values between is kept, and onnxruntime makes one kernel of the five nodes of the forward pass.
 *
 * @param kept Values that have to stay, as the results are.
 */
export function withGelus(nodes: readonly OnnxNode[], kept: ReadonlySet<string>, constantOf: ConstantOf): OnnxNode[] {
  const users = new Map<string, OnnxNode[]>();
  for (const node of nodes) for (const name of node.inputs) users.set(name, [...(users.get(name) ?? []), node]);
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const pattern = new GeluPattern(users, makers, kept, constantOf);
  const gone = new Set<OnnxNode>();
  const whole = new Map<OnnxNode, OnnxNode>();
  for (const erf of nodes) {
    const found = pattern.around(erf);
    if (!found) continue;
    for (const node of found.inner) gone.add(node);
    const [y] = found.last.outputs;
    whole.set(found.last, { name: y!, opType: "Gelu", domain: "", inputs: [found.x], outputs: [y!], attributes: [] });
  }
  return nodes.filter((node) => !gone.has(node)).map((node) => whole.get(node) ?? node);
}

interface Found {
  readonly x: string;
  readonly last: OnnxNode;
  /** The others, of which nothing else uses the values. */
  readonly inner: readonly OnnxNode[];
}

class GeluPattern {
  constructor(
    private readonly users: ReadonlyMap<string, readonly OnnxNode[]>,
    private readonly makers: ReadonlyMap<string, OnnxNode>,
    private readonly kept: ReadonlySet<string>,
    private readonly constantOf: ConstantOf,
  ) {}

  around(erf: OnnxNode): Found | undefined {
    if (!is(erf, "Erf")) return undefined;
    const scaling = this.makers.get(erf.inputs[0]!);
    const x = scaling && this.onlyUsedBy(scaling, erf) ? this.unscaled(scaling) : undefined;
    const plusOne = this.onlyUser(erf, "Add");
    if (!scaling || x === undefined || !plusOne || !this.isNumber(other(plusOne, erf), 1)) return undefined;
    const product = this.onlyUser(plusOne, "Mul");
    if (!product) return undefined;
    const inner = [scaling, erf, plusOne];
    const factor = other(product, plusOne);
    // Half of x, made before.
    const half = this.makers.get(factor);
    if (half && is(half, "Mul") && this.onlyUsedBy(half, product) && this.isHalfOf(half, x))
      return { x, last: product, inner: [...inner, half] };
    const last = this.onlyUser(product, "Mul");
    if (!last) return undefined;
    const rest = other(last, product);
    const isGelu = factor === x ? this.isNumber(rest, 0.5) : rest === x && this.isNumber(factor, 0.5);
    return isGelu ? { x, last, inner: [...inner, product] } : undefined;
  }

  /** x of x / sqrt 2. */
  private unscaled(node: OnnxNode): string | undefined {
    const [a, b] = node.inputs as [string, string];
    if (is(node, "Div")) return this.isNumber(b, Math.SQRT2) ? a : undefined;
    if (!is(node, "Mul")) return undefined;
    if (this.isNumber(b, Math.SQRT1_2)) return a;
    return this.isNumber(a, Math.SQRT1_2) ? b : undefined;
  }

  private isHalfOf({ inputs: [a, b] }: OnnxNode, x: string): boolean {
    return (a === x && this.isNumber(b!, 0.5)) || (b === x && this.isNumber(a!, 0.5));
  }

  private onlyUser(node: OnnxNode, opType: string): OnnxNode | undefined {
    const [user] = this.users.get(node.outputs[0]!) ?? [];
    return user && is(user, opType) && this.onlyUsedBy(node, user) ? user : undefined;
  }

  private onlyUsedBy(node: OnnxNode, user: OnnxNode): boolean {
    const [output] = node.outputs;
    const users = this.users.get(output!) ?? [];
    return users.length === 1 && users[0] === user && !this.kept.has(output!);
  }

  private isNumber(value: string, wanted: number): boolean {
    const tensor = this.constantOf(value);
    if (!tensor || tensor.dims.length > 0) return false;
    return Math.abs(tensorNumbers(tensor)[0]! - wanted) < 1e-6;
  }
}

const is = ({ domain, opType }: OnnxNode, wanted: string) => domain === "" && opType === wanted;

/** The other input of a node of two. */
const other = ({ inputs }: OnnxNode, { outputs }: OnnxNode): string =>
  inputs[0] === outputs[0] ? inputs[1]! : inputs[0]!;
