/** From what a caller gives to tensors: types, lengths and shapes are checked here. */
import { OnnxTrainError } from "../errors.js";
import { type Dim, evaluateDim, product, quotient } from "../shapes/dims.js";
import type { Ort, Tensor } from "./ort.js";

/** A flat array in row-major order, whose shape follows from the model, or a tensor. */
export type FeedValue =
  | Float32Array
  | Float64Array
  | Int32Array
  | Uint8Array
  | BigInt64Array
  | readonly number[]
  | Tensor;
/** Values by the names of the model's inputs. */
export type Feeds = Readonly<Record<string, FeedValue>>;
type ElementType = "float32" | "float64" | "int32" | "int64" | "bool" | "uint8";

export interface FeedSpec {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly Dim[];
}

/** Whether what is fed is a tensor, also one that came without its methods from another thread. */
export const isTensor = (value: unknown): value is Tensor =>
  typeof value === "object" && value !== null && "dims" in value && "type" in value;
const INTEGERS: ReadonlySet<ElementType> = new Set(["int32", "int64"]);

/** Sizes by name, found while feeding: the same name must have one size in all inputs. */
type Bindings = Map<string, number>;

function bind(spec: FeedSpec, dims: readonly number[], bindings: Bindings): void {
  const fits =
    dims.length === spec.dims.length &&
    spec.dims.every((dim, i) => {
      if (typeof dim === "string" && !dim.includes("*") && !bindings.has(dim)) bindings.set(dim, dims[i]!);
      return (evaluateDim(dim, bindings) ?? dims[i]) === dims[i];
    });
  if (fits) return;
  const known = [...bindings].map(([name, size]) => `${name} = ${size}`).join(", ");
  throw new OnnxTrainError(
    `"${spec.name}" should have shape [${spec.dims.join(", ")}]${known && ` with ${known}`}, got [${dims.join(", ")}]`,
  );
}

/** The shape of `count` values; at most one size may be open. */
function dimsFor(spec: FeedSpec, count: number, bindings: Bindings): number[] {
  const known = spec.dims.map((dim) => evaluateDim(dim, bindings) ?? dim);
  const open = known.filter((dim) => typeof dim === "string");
  const shape = `[${known.join(", ")}]`;
  if (new Set(open).size > 1) {
    throw new OnnxTrainError(`"${spec.name}" has several open sizes, ${shape}: pass a tensor or set inputShapes`);
  }
  const total = product(known);
  if (open.length === 0) {
    if (total !== count)
      throw new OnnxTrainError(`"${spec.name}" of shape ${shape} needs ${total} values, got ${count}`);
    return known as number[];
  }
  const size = quotient(count, product(known.filter((dim) => typeof dim === "number")));
  if (typeof size !== "number" || size < 1 || open.length > 1) {
    throw new OnnxTrainError(`"${spec.name}" of shape ${shape} cannot hold ${count} values`);
  }
  return known.map((dim) => (typeof dim === "string" ? size : dim));
}

/** The array that onnxruntime wants; integers may come in any integer form, floats only as they are. */
function convert(spec: FeedSpec, values: Exclude<FeedValue, Tensor>) {
  const wrong = () => new OnnxTrainError(`"${spec.name}" is ${spec.type}, got ${values.constructor.name}`);
  if (INTEGERS.has(spec.type)) {
    if (values instanceof Float32Array || values instanceof Float64Array) throw wrong();
    if (spec.type === "int64") {
      return values instanceof BigInt64Array
        ? values
        : BigInt64Array.from(values as ArrayLike<number>, (v, i) => BigInt(integer(spec, v, i)));
    }
    return values instanceof Int32Array
      ? values
      : Int32Array.from(values as ArrayLike<number>, (v, i) => integer(spec, v, i));
  }
  if (spec.type === "float32" || spec.type === "float64") {
    const array = spec.type === "float32" ? Float32Array : Float64Array;
    if (values instanceof array) return values;
    if (Array.isArray(values) && values.every((v) => typeof v === "number")) return array.from(values as number[]);
    throw wrong();
  }
  if (values instanceof Uint8Array) return values;
  throw wrong();
}

function integer(spec: FeedSpec, value: number | bigint, index: number): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number))
    throw new OnnxTrainError(`"${spec.name}" should hold integers, got ${value} at index ${index}`);
  if (spec.type === "int32" && number !== (number | 0))
    throw new OnnxTrainError(`"${spec.name}" is int32, ${value} at index ${index} is out of its range`);
  return number;
}

/** @throws OnnxTrainError for a batch that is no object. */
export function checkFeeds(feeds: unknown): void {
  if (typeof feeds !== "object" || feeds === null)
    throw new OnnxTrainError(`a batch is an object of arrays or tensors by the names of inputs, got ${feeds}`);
}

/** @throws OnnxTrainError naming the first place that holds NaN: one step with it would make all weights NaN. */
export function checkNumbers(tensors: Readonly<Record<string, Tensor>>): void {
  for (const [name, { type, location, data }] of Object.entries(tensors)) {
    if (location !== "cpu" || (type !== "float32" && type !== "float64")) continue;
    const values = data as Float32Array | Float64Array;
    for (let i = 0; i < values.length; i++) {
      if (Number.isNaN(values[i])) throw new OnnxTrainError(`"${name}" should hold numbers, got NaN at index ${i}`);
    }
  }
}

/**
 * Tensors for all specs, in their order, so that sizes found in one input are known in the next.
 *
 * @throws OnnxTrainError for missing and unknown names, wrong types, lengths and shapes.
 */
export function toTensors(ort: Ort, specs: readonly FeedSpec[], feeds: Feeds): Record<string, Tensor> {
  checkFeeds(feeds);
  const names = specs.map(({ name }) => name);
  const unknown = Object.keys(feeds).filter((name) => !names.includes(name));
  if (unknown.length > 0)
    throw new OnnxTrainError(`unknown input "${unknown.join('", "')}"; expected ${names.join(", ")}`);
  const bindings: Bindings = new Map();
  const tensors = specs.map((spec): [string, Tensor] => {
    const value = feeds[spec.name];
    if (value === undefined || value === null)
      throw new OnnxTrainError(`"${spec.name}" is missing; expected ${names.join(", ")}`);
    if (typeof value !== "object")
      throw new OnnxTrainError(`"${spec.name}" should be an array or a tensor, got ${typeof value}`);
    const tensor = isTensor(value) && value.type === spec.type ? value : undefined;
    const flat = isTensor(value) ? (value.data as Exclude<FeedValue, Tensor>) : value;
    const data = tensor ? tensor.data : convert(spec, flat);
    const dims = isTensor(value) ? value.dims : dimsFor(spec, flat.length, bindings);
    bind(spec, dims, bindings);
    return [spec.name, tensor ?? new ort.Tensor(spec.type, data as never, dims)];
  });
  return Object.fromEntries(tensors);
}
