/** Writes graphs as short programs, for tests: each method adds a node and returns the name of its value. */
import type { Activation } from "@idinit/core";
import type { Graph, GraphNode, Op, ParameterUse, Slot } from "@idinit/core/graph";

type Attributes = NonNullable<GraphNode["attributes"]>;

export class Build {
  private readonly nodes: GraphNode[] = [];
  private readonly parameters = new Map<string, readonly number[]>();
  private readonly inputs: string[] = [];

  input(name = "x"): string {
    this.inputs.push(name);
    return name;
  }

  node(
    op: Op,
    inputs: readonly string[],
    slots: Partial<Record<Slot, ParameterUse>> = {},
    attributes?: Attributes,
  ): string {
    return this.many(op, inputs, 1, slots, attributes)[0]!;
  }

  many(
    op: Op,
    inputs: readonly string[],
    count: number,
    slots: Partial<Record<Slot, ParameterUse>> = {},
    attributes?: Attributes,
  ): string[] {
    const name = `${op}${this.nodes.length}`;
    const outputs = Array.from({ length: count }, (_, i) => `${name}:${i}`);
    this.nodes.push({ name, op, inputs, outputs, slots, ...(attributes && { attributes }) });
    return outputs;
  }

  parameter(name: string, shape: readonly number[]): string {
    if (!this.parameters.has(name)) this.parameters.set(name, shape);
    return name;
  }

  dense(x: string, name: string, [out, inputs]: readonly [number, number] = [8, 8]): string {
    return this.node("dense", [x], {
      kernel: { parameter: this.parameter(`${name}.w`, [out, inputs]), layout: "OI" },
      bias: { parameter: this.parameter(`${name}.b`, [out]), layout: "O" },
    });
  }

  conv(x: string, name: string, options: { out?: number; in?: number; k?: number; groups?: number } = {}): string {
    const { out = 8, in: inputs = 8, k = 3, groups = 1 } = options;
    const kernel = this.parameter(name, [out, inputs / groups, k, k]);
    const use: ParameterUse = { parameter: kernel, layout: "OIHW", groups };
    return this.node("conv", [x], { kernel: use }, { groups, stride: 1, kernelSize: [k, k] });
  }

  norm(x: string, name: string, kind = "batch"): string {
    return this.node(
      "norm",
      [x],
      {
        scale: { parameter: this.parameter(`${name}.scale`, [8]), layout: "O" },
        shift: { parameter: this.parameter(`${name}.shift`, [8]), layout: "O" },
      },
      { kind },
    );
  }

  act(x: string, kind: Activation = "relu"): string {
    return this.node("activation", [x], {}, { kind });
  }

  add(a: string, b: string): string {
    return this.node("add", [a, b]);
  }

  move(x: string): string {
    return this.node("move", [x]);
  }

  pool(x: string, global = true): string {
    return this.node("pool", [x], {}, { kind: "average", global });
  }

  embedding(indices: string, name: string, shape: readonly number[] = [16, 8]): string {
    return this.node("embedding", [indices], { table: { parameter: this.parameter(name, shape), layout: "IO" } });
  }

  /** Scaled dot-product attention of three projected values. */
  attend(q: string, k: string, v: string): string {
    const scores = this.node("matmul", [this.move(q), this.move(k)]);
    return this.move(this.node("matmul", [this.node("softmax", [this.move(scores)]), this.move(v)]));
  }

  graph(...outputs: readonly string[]): Graph {
    const parameters = [...this.parameters].map(([name, shape]) => ({ name, shape }));
    return { inputs: this.inputs, outputs, nodes: this.nodes, parameters };
  }
}
