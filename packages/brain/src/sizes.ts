/** Layer sizes of dense nets: from the options, or from data by brain.js's own rule. */
import { IdinitError } from "@idinit/core";
import type { DenseNet, Known } from "./net.js";

/** A dense net and what it is part of. */
export type Dense = Extract<Known, { kind: "dense" }>;

/** The sizes that a dense net has or that its options tell; empty where only data can tell them. */
export function knownSizes({ net, autoencoder }: Dense): readonly number[] {
  if (net.sizes.length > 0) return net.sizes;
  const { decodedSize } = net.options;
  return autoencoder && decodedSize ? withHidden(net, decodedSize, decodedSize) : [];
}

/**
 * The sizes that `train(data)` would give the net. Where the inputs or outputs are objects, each key is one unit.
 *
 * @throws IdinitError for data that is no list of `{ input, output }` (for an autoencoder: of inputs) with the same number of values each.
 */
export function sizesOfData({ net, autoencoder }: Dense, data: readonly unknown[]): readonly number[] {
  const last = `layer${(net.options.hiddenLayers?.length ?? 1) + 1}`;
  const inputs = unitsOf("layer1", data, autoencoder ? undefined : "input");
  return withHidden(net, inputs, autoencoder ? inputs : unitsOf(last, data, "output"));
}

/** brain.js makes one hidden layer of half the inputs, at least 3, where the options name none. */
function withHidden(net: DenseNet, inputs: number, outputs: number): number[] {
  return [inputs, ...(net.options.hiddenLayers ?? [Math.max(3, Math.floor(inputs / 2))]), outputs];
}

/** The units that the data take: the length of lists, the number of different keys of objects. */
function unitsOf(layer: string, data: readonly unknown[], key: "input" | "output" | undefined): number {
  const pick = (datum: unknown): unknown =>
    key === undefined ? datum : (datum as Record<string, unknown> | null | undefined)?.[key];
  const first = pick(data[0]);
  const keys = new Set<string>();
  for (const [i, datum] of data.entries()) {
    const value = pick(datum);
    const fail = (text: string): never => {
      throw new IdinitError(`brain: ${layer}: data[${i}]${key === undefined ? "" : `.${key}`} ${text}`);
    };
    if (typeof value !== "object" || value === null)
      return fail(`must be numbers in an array or an object, got ${String(value)}`);
    if (isList(value) !== isList(first))
      fail(`must be ${isList(first) ? "an array" : "an object"}, as the first of the data`);
    const numbers = isList(value) ? value : Object.values(value);
    for (let k = 0; k < numbers.length; k++)
      if (!Number.isFinite(numbers[k])) fail(`must hold finite numbers, got ${String(numbers[k])}`);
    if (!isList(value)) for (const name of Object.keys(value)) keys.add(name);
    else if (isList(first) && value.length !== first.length)
      fail(`has ${value.length} values, but that of data[0] has ${first.length}`);
  }
  const units = isList(first) ? first.length : keys.size;
  if (units === 0) throw new IdinitError(`brain: ${layer}: the data hold no values`);
  return units;
}

const isList = (value: unknown): value is ArrayLike<unknown> => Array.isArray(value) || ArrayBuffer.isView(value);
