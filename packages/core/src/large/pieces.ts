/** Cuts tensors into pieces that can be made one by one. */
import { makesRowsAlone } from "./initializerOf.js";
import { elementsOf, type PlannedTensor, type WeightPlan } from "./weightPlan.js";

/** A run of a tensor's elements, in stored order. */
export interface Piece {
  readonly tensor: PlannedTensor;
  /** Index of the first element. */
  readonly offset: number;
  readonly length: number;
  /** The rows along canonical out that it is; absent for a whole tensor. */
  readonly rows?: readonly [start: number, count: number];
}

/**
 * The pieces of all tensors, in order.
 *
 * A tensor is cut between rows, where rows lie one behind the other and the initializer makes them one by one; the others stay
 * whole.
 *
 * @param bytes Most bytes of a piece as float32; a row that is longer is a piece.
 */
export function piecesOf(plan: WeightPlan, bytes: number): Piece[] {
  return plan.flatMap((tensor): Piece[] => {
    const length = elementsOf(tensor);
    const { layout, groups, transposed, shape } = tensor.view;
    const outFirst = layout.startsWith("O") && !(transposed && groups > 1);
    if (length * 4 <= bytes || !outFirst || !makesRowsAlone(tensor.initializer)) return [{ tensor, offset: 0, length }];
    const out = layout === "O" ? length : shape[0]!;
    const row = length / out;
    const count = Math.max(1, Math.floor(bytes / 4 / row));
    return Array.from({ length: Math.ceil(out / count) }, (_, i): Piece => {
      const start = i * count;
      const rows = [start, Math.min(count, out - start)] as const;
      return { tensor, offset: start * row, length: rows[1] * row, rows };
    });
  });
}
