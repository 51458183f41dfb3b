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
  const values = data.map((datum, i) => ({
    where: key === undefined ? `data[${i}]` : `data[${i}].${key}`,
    value: key === undefined ? datum : (datum as Record<string, unknown> | null | undefined)?.[key],
  }));
  const keys = new Set<string>();
  for (const { where, value } of values) {
    const fail = (text: string): never => {
      throw new IdinitError(`brain: ${layer}: ${where} ${text}`);
    };
    if (typeof value !== "object" || value === null)
      return fail(`must be numbers in an array or an object, got ${String(value)}`);
    const list = isList(value);
    if (list !== isList(values[0]?.value)) fail(`must be ${list ? "an object" : "an array"}, as the first of the data`);
    const wrong = Object.values(value).find((number) => typeof number !== "number" || !Number.isFinite(number));
    if (wrong !== undefined) fail(`must hold finite numbers, got ${String(wrong)}`);
    for (const name of Object.keys(value)) keys.add(name);
  }
  if (keys.size === 0) throw new IdinitError(`brain: ${layer}: the data hold no values`);
  if (isList(values[0]?.value)) {
    const short = values.find(({ value }) => Object.keys(value as object).length < keys.size);
    if (short !== undefined) {
      throw new IdinitError(
        `brain: ${layer}: ${short.where} has ${Object.keys(short.value as object).length} values, but others have ${keys.size}`,
      );
    }
  }
  return keys.size;
}

const isList = (value: unknown): boolean => Array.isArray(value) || ArrayBuffer.isView(value);
