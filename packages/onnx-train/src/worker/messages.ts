/** What is sent between a trainer and its user: plain values that every engine can copy to another thread. */
import { OnnxTrainError } from "../errors.js";
import type { Loss } from "../losses/loss.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import { checkFeeds, type Feeds, isTensor } from "../trainer/feeds.js";
import type { Ort } from "../trainer/ort.js";
import type { Output, Trainer, TrainerOptions } from "../trainer/trainer.js";

/** Methods that are called through. */
export type Method = Exclude<keyof Trainer, "info">;

/** A trainer's options with everything that is code written out as values. */
export interface PlainOptions extends Omit<TrainerOptions, "ort" | "loss" | "optimizer" | "trainable"> {
  readonly loss: Pick<Loss, "name" | "params">;
  readonly optimizer: Pick<Optimizer, "name" | "params">;
  /** Absent where the model decides. */
  readonly trainable?: readonly string[];
  /** Multiple of the weight decay by parameter. */
  readonly decay: ReadonlyMap<string, number>;
}

interface Numbered {
  /** The connection, so that users of one port cannot be taken for each other. */
  readonly key: number;
  readonly id: number;
}

export interface CreateCall extends Numbered {
  readonly method: "create";
  readonly args: readonly [bytes: Uint8Array, options: PlainOptions];
}

export interface MethodCall extends Numbered {
  readonly method: Method;
  readonly args: readonly unknown[];
}

export type Call = CreateCall | MethodCall;

export type Answer = Numbered &
  ({ readonly result: unknown } | { readonly error: { readonly name: string; readonly message: string } });

export const isCall = (message: unknown): message is Call =>
  isRecord(message) && "key" in message && "method" in message;

export const isAnswer = (message: unknown): message is Answer =>
  isRecord(message) && "key" in message && ("result" in message || "error" in message);

const isRecord = (value: unknown): value is object => typeof value === "object" && value !== null;

/** A tensor without its methods. */
const plain = ({ type, dims, data }: Output): Output => ({ type, dims, data });

/** Feeds without methods of tensors. */
export function packFeeds(feeds: Feeds | readonly Feeds[]): unknown {
  if (Array.isArray(feeds)) return feeds.map(packFeeds);
  checkFeeds(feeds);
  return Object.fromEntries(
    Object.entries(feeds).map(([name, value]) => [name, isTensor(value) ? plain(value) : value]),
  );
}

/** Tensors of this thread's onnxruntime again. */
export const unpackFeeds = (ort: Ort, feeds: Feeds | readonly Feeds[]): Feeds | readonly Feeds[] =>
  Array.isArray(feeds)
    ? feeds.map((part) => unpackFeeds(ort, part) as Feeds)
    : Object.fromEntries(
        Object.entries(feeds as Feeds).map(([name, value]) => [
          name,
          isTensor(value) ? new ort.Tensor(value.type as "float32", value.data as Float32Array, value.dims) : value,
        ]),
      );

export const packOutputs = (outputs: Readonly<Record<string, Output>>): Record<string, Output> =>
  Object.fromEntries(Object.entries(outputs).map(([name, output]) => [name, plain(output)]));

/** Errors lose their class on the way: this package's own get it back. */
export function unpackError({ name, message }: { readonly name: string; readonly message: string }): Error {
  if (name === "OnnxTrainError") return new OnnxTrainError(message);
  const error = new Error(message);
  error.name = name;
  return error;
}
