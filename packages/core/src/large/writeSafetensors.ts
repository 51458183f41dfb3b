/** Weights larger than memory to `.safetensors` files. */
import { checkObject, IdinitError, show } from "../errors.js";
import { BF16, type Dtype, F16, F32, jsonBytes, littleEndianBytes } from "../formats/dtypes.js";
import { safetensorsHeader } from "../formats/safetensorsHeader.js";
import type { Making, WeightDtype } from "./makePiece.js";
import { piecesOf } from "./pieces.js";
import { type Production, produce } from "./produce.js";
import { indexOf, type Shard, shardsOf } from "./shards.js";
import type { Sink, SinkFile } from "./sink.js";
import { checkStream, type StreamOptions } from "./streamTensors.js";
import { elementsOf, type WeightPlan } from "./weightPlan.js";

/** Options of {@link writeSafetensors}. */
export interface WriteSafetensorsOptions extends StreamOptions {
  /** Most bytes of tensors in one file; a larger tensor has a file of its own. Default 5e9, as the Hugging Face libraries long had it. */
  readonly shardBytes?: number;
  /** What file names begin with. Default `"model"`. */
  readonly name?: string;
  /** Free text by name, for the header of each file. Default `{ format: "pt" }`, which transformers asks for. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** As in {@link StreamOptions}. Default 8 MiB. */
  readonly chunkBytes?: number;
}

/** What {@link writeSafetensors} has written. */
export interface WrittenFiles {
  /** Names, in the order of writing. */
  readonly files: readonly string[];
  /** Bytes of all tensors: the index's `total_size`. */
  readonly tensorBytes: number;
}

const TYPES: Readonly<Record<WeightDtype, Dtype>> = { float32: F32, float16: F16, bfloat16: BF16 };

/**
 * Makes the tensors of a plan and writes them, never holding more than a chunk or two, or two tensors where one can't be cut.
 *
 * The files follow the Hugging Face convention: `model.safetensors` where one is enough; else `model-00001-of-0000N.safetensors` and so
 * on, and `model.safetensors.index.json` with `metadata.total_size` and `weight_map`. Tensors lie in the plan's order.
 *
 * Everything that can be known is checked before the sink is touched. After a failure, `sink.abort` is called and the error thrown on.
 *
 * Source: the format's description in huggingface/safetensors; the index as huggingface_hub writes it.
 *
 * @param sink Gets the files; `toFolder("model")` of `@idinit/core/node` writes to a folder.
 * @throws {IdinitError} for options out of range, what an initializer refuses and values that the type can't hold; and what the sink or the
 * signal throws.
 * @example await writeSafetensors(planGraph(graph), toFolder("model"), { dtype: "bfloat16", seed: 1 })
 */
export async function writeSafetensors(
  plan: WeightPlan,
  sink: Sink,
  options: WriteSafetensorsOptions = {},
): Promise<WrittenFiles> {
  checkObject("writeSafetensors", "options", options);
  if (typeof sink?.open !== "function") {
    throw new IdinitError(`writeSafetensors: sink must have a method open, got ${show(sink)}`);
  }
  const { name = "model", shardBytes = 5e9, metadata = { format: "pt" } } = options;
  const { making, chunkBytes } = checkStream("writeSafetensors", plan, {
    ...options,
    chunkBytes: options.chunkBytes ?? 2 ** 23,
  });
  if (typeof name !== "string" || !/^[\w.-]+$/.test(name) || name.startsWith(".")) {
    throw new IdinitError(`writeSafetensors: name must be letters, digits and "_.-", got ${show(name)}`);
  }
  if (typeof shardBytes !== "number" || !(shardBytes > 0)) {
    throw new IdinitError(`writeSafetensors: shardBytes must be a number > 0, got ${show(shardBytes)}`);
  }
  const dtype = TYPES[making.dtype];
  const shards = shardsOf(plan, dtype.width, shardBytes, name);
  const headers = shards.map(({ tensors }) => {
    const entries = tensors.map((tensor) => ({ name: tensor.name, shape: tensor.shape, dtype }));
    return safetensorsHeader(entries, metadata);
  });
  const tensorBytes = plan.reduce((total, tensor) => total + elementsOf(tensor) * dtype.width, 0);
  const index = shards.length === 1 ? [] : [jsonBytes(indexOf(shards, tensorBytes))];
  const files = [...shards.map(({ file }) => file), ...index.map(() => `${name}.safetensors.index.json`)];

  try {
    const bytes = [...headers, ...index].reduce((total, { length }) => total + length, tensorBytes);
    await sink.prepare?.(bytes, files);
    for (const [i, shard] of shards.entries()) {
      const file = await sink.open(shard.file);
      await file.write(headers[i]!);
      await writeShard(file, shard, making, chunkBytes, options);
      await file.close();
    }
    for (const text of index) {
      const file = await sink.open(files.at(-1)!);
      await file.write(text);
      await file.close();
    }
    options.signal?.throwIfAborted();
    await sink.commit?.();
  } catch (error) {
    try {
      await sink.abort?.(error);
    } catch {
      // The first failure is what counts.
    }
    throw error;
  }
  return { files, tensorBytes };
}

/** While one piece is written, the next is made. */
async function writeShard(
  file: SinkFile,
  { tensors }: Shard,
  making: Making,
  chunkBytes: number,
  production: Production,
): Promise<void> {
  let writing: Promise<unknown> = Promise.resolve();
  try {
    for await (const { data } of produce(piecesOf(tensors, chunkBytes), making, production, false)) {
      await writing;
      writing = Promise.resolve(file.write(littleEndianBytes(data)));
      // Its failure is told when it is waited for.
      writing.catch(() => {});
    }
  } finally {
    await writing;
  }
}
