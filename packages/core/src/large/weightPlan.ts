/** A plan of weights: which tensors there are to be, and what makes each. Small whatever the tensors' sizes. */
import { checkObject, IdinitError, show } from "../errors.js";
import type { Role } from "../graph/site.js";
import type { Initializer } from "../initializer.js";
import type { Layout } from "../layout.js";

/** One tensor of a plan. */
export interface PlannedTensor {
  /** Unique: the tensor's name in files and in errors, and the key of its random stream. */
  readonly name: string;
  /** Shape as stored, integers >= 1. */
  readonly shape: readonly number[];
  /** What it is for. */
  readonly role: Role;
  /** Makes the values. */
  readonly initializer: Initializer;
  /** The stored data as the initializer is to see them. */
  readonly view: {
    readonly shape: readonly number[];
    readonly layout: Layout;
    readonly groups: number;
    readonly parts: number;
    readonly transposed: boolean;
  };
}

/** Tensors in the order in which they are made and written. */
export type WeightPlan = readonly PlannedTensor[];

/** Number of elements. */
export function elementsOf({ shape }: Pick<PlannedTensor, "shape">): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

/**
 * Checks what all that use a plan rely on.
 *
 * @param who Opens the messages.
 * @throws {IdinitError} for a plan that is empty or no array, a name given twice, and a view of another size than the shape.
 */
export function checkPlan(who: string, plan: WeightPlan): void {
  if (!Array.isArray(plan)) throw new IdinitError(`${who}: plan must be an array of tensors, got ${show(plan)}`);
  if (plan.length === 0) throw new IdinitError(`${who}: the plan has no tensors`);
  const names = new Set<string>();
  for (const tensor of plan as WeightPlan) {
    checkObject(who, "tensor", tensor);
    const { name, shape, view } = tensor;
    if (!Array.isArray(shape) || !Array.isArray(view?.shape)) {
      throw new IdinitError(
        `${who}: tensor ${show(name)} must have a shape and a view with a shape, got ${show(shape)}`,
      );
    }
    if (names.has(name)) throw new IdinitError(`${who}: two tensors are called ${show(name)}`);
    names.add(name);
    const [stored, seen] = [elementsOf({ shape }), elementsOf(view)];
    if (stored !== seen || !Number.isSafeInteger(stored) || stored < 1) {
      throw new IdinitError(
        `${who}: tensor ${show(name)} of shape ${show(shape)} needs a view of as many elements, got ${show(view.shape)}`,
      );
    }
  }
}
