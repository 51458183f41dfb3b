/** Heads tied to an embedding whose tie shows only in the values: constant folding leaves a transposed copy of the table. */
import type { Graph, GraphNode, ParameterUse } from "@idinit/core/graph";
import { DataType, type Tensor, tensorValues } from "@idinit/onnx";

/** A copy of another parameter, as stored. */
export interface TiedCopy {
  readonly copy: string;
  readonly table: string;
  readonly transposed: boolean;
}

function isCopy(copy: Tensor, table: Tensor, transposed: boolean): boolean {
  const [rows, columns] = table.dims as [number, number];
  const a = tensorValues(copy) as Float32Array;
  const b = tensorValues(table) as Float32Array;
  if (b.every((value) => value === b[0])) return false;
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      if (a[transposed ? c * rows + r : r * columns + c] !== b[r * columns + c]) return false;
    }
  }
  return true;
}

/** Dense kernels that equal an embedding table of the same network, transposed or not; external data that is not at hand equals nothing. */
export function findTied(graph: Graph, tensors: ReadonlyMap<string, Tensor>): TiedCopy[] {
  const isReadable = (name: string) => {
    const { dataType, dims, data } = tensors.get(name)!;
    return dataType === DataType.float && dims.length === 2 && data !== undefined;
  };
  const names = (slot: "table" | "kernel") => [
    ...new Set(graph.nodes.flatMap(({ slots }) => (slots?.[slot] ? [slots[slot].parameter] : []))),
  ];
  const tables = names("table").filter(isReadable);
  return names("kernel")
    .filter(isReadable)
    .flatMap((copy): TiedCopy[] => {
      for (const table of tables) {
        const [a, b] = [tensors.get(copy)!, tensors.get(table)!];
        if (copy === table) continue;
        for (const transposed of [true, false]) {
          const [rows, columns] = transposed ? [...b.dims].reverse() : b.dims;
          if (a.dims[0] === rows && a.dims[1] === columns && isCopy(a, b, transposed))
            return [{ copy, table, transposed }];
        }
      }
      return [];
    });
}

/** The graph with copies seen as what they are copies of. */
export function tie(graph: Graph, copies: readonly TiedCopy[]): Graph {
  const byName = new Map(copies.map((one) => [one.copy, one]));
  const seen = (use: ParameterUse): ParameterUse => {
    const found = byName.get(use.parameter);
    if (!found) return use;
    const flipped = use.layout === "IO" ? "OI" : "IO";
    return { ...use, parameter: found.table, layout: found.transposed ? flipped : use.layout };
  };
  const nodes = graph.nodes.map((node): GraphNode => {
    if (!node.slots) return node;
    return { ...node, slots: Object.fromEntries(Object.entries(node.slots).map(([slot, use]) => [slot, seen(use)])) };
  });
  return { ...graph, nodes, parameters: graph.parameters.filter(({ name }) => !byName.has(name)) };
}
