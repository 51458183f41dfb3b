/** What the translation knows about each value of an ONNX graph while it walks through it. */

/** A dimension, where it is known. */
export type Dim = number | undefined;

/**
 * How an axis runs over the channels that a dense or conv made: index i on it is channel `i * stride` and the `stride - 1` after it.
 * The channel axis itself has stride 1; reshaping 3d channels to `[3, d]` gives strides d and 1.
 */
export interface ChannelAxis {
  readonly stride: number;
  readonly size: number;
  /** Number of all channels, where the rest of them is on an axis that runs over the batch as well (heads of PyTorch's attention). */
  readonly of?: number;
}

/** Depends on the model's inputs: a value of the neutral graph. */
export interface DataValue {
  readonly kind: "data";
  readonly name: string;
  /** Absent where the rank is unknown. */
  readonly shape?: readonly Dim[];
  /** One entry per axis of `shape`. */
  readonly channels?: readonly (ChannelAxis | undefined)[];
}

/** Depends on no data and no parameter, or only on the shapes of data. */
export interface ConstantValue {
  readonly kind: "constant";
  readonly shape?: readonly Dim[];
  /** Elements, where there are few; `undefined` for those that only running the model tells. */
  readonly values?: readonly (number | undefined)[];
  /** Of an integer type, so that division truncates. */
  readonly integer?: boolean;
}

/** An axis of a weight as an operation sees it: `size` of the `full` stored elements from `start` on. */
export interface ViewAxis {
  /** Order among the stored axes. */
  readonly position: number;
  readonly start: number;
  readonly size: number;
  readonly full: number;
}

/** A stored tensor, perhaps transposed, cut or with axes of length 1 added. */
export interface WeightValue {
  readonly kind: "weight";
  /** Key in the parameter table. */
  readonly parameter: string;
  readonly axes: readonly ViewAxis[];
}

/** Several weights joined along an axis: recurrent weights of two directions, input and recurrent biases. */
export interface JoinedValue {
  readonly kind: "joined";
  readonly pieces: readonly WeightValue[];
  readonly shape: readonly number[];
}

export type Value = DataValue | ConstantValue | WeightValue | JoinedValue;

/** The shape of any value, as far as it is known. */
export function shapeOf(value: Value): readonly Dim[] | undefined {
  return value.kind === "weight" ? value.axes.map(({ size }) => size) : value.shape;
}

/** An axis given as -rank..rank-1 as 0..rank-1; undefined where the rank is unknown and the axis negative. */
export function resolveAxis(axis: number, rank: number | undefined): number | undefined {
  return axis >= 0 ? axis : rank === undefined ? undefined : axis + rank;
}

/** Shape after numpy's rules; unknown where one is unknown and the other does not decide. */
export function broadcast(a: readonly Dim[] | undefined, b: readonly Dim[] | undefined): readonly Dim[] | undefined {
  if (!a || !b) return undefined;
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = i < rank - a.length ? 1 : a[i - rank + a.length];
    const y = i < rank - b.length ? 1 : b[i - rank + b.length];
    if (x === 1) return y;
    return y === 1 || y === undefined ? x : y;
  });
}
