/** Where the channels are after a reshape. */
import type { ChannelAxis, DataValue, Dim } from "./values.js";

type Tags = (ChannelAxis | undefined)[];

/** Matches groups of axes with equal products from the right, then from the left, as far as dimensions are known. */
export function reshapeChannels(x: DataValue, shape: readonly Dim[]): Tags | undefined {
  if (!x.shape || !x.channels) return undefined;
  const tags: Tags = shape.map(() => undefined);
  let i = x.shape.length;
  let j = shape.length;
  while (i > 0 && j > 0) {
    const [fromEnd, toEnd] = [i, j];
    let from = x.shape[--i];
    let to = shape[--j];
    while (from !== to && from !== undefined && to !== undefined) {
      if (from < to && i > 0) from = product(from, x.shape[--i]);
      else if (to < from && j > 0) to = product(to, shape[--j]);
      else break;
    }
    if (from === undefined || to === undefined || from !== to) {
      if (from === undefined && to === undefined) return matchLeft(x, shape, tags, i + 1, j + 1);
      return matchLeft(x, shape, tags, fromEnd, toEnd);
    }
    assign(x, shape, tags, [i, fromEnd], [j, toEnd]);
  }
  return tags;
}

const product = (a: number, b: Dim): Dim => (b === undefined ? undefined : a * b);

/** Leading axes that are the same on both sides keep their tags. */
function matchLeft(x: DataValue, shape: readonly Dim[], tags: Tags, fromEnd: number, toEnd: number): Tags {
  for (let k = 0; k < Math.min(fromEnd, toEnd) && x.shape![k] !== undefined && x.shape![k] === shape[k]; k++)
    tags[k] = x.channels![k];
  const at = x.channels!.findIndex((tag, k) => k < fromEnd && tag !== undefined);
  // A batch of unknown size before an unchanged channel axis.
  if (at === 1 && toEnd > 1 && x.shape![1] === shape[1]) tags[1] = x.channels![1];
  return tags;
}

function assign(
  x: DataValue,
  shape: readonly Dim[],
  tags: Tags,
  [i, fromEnd]: readonly [number, number],
  [j, toEnd]: readonly [number, number],
): void {
  const long = Array.from({ length: fromEnd - i }, (_, k) => i + k).filter((k) => x.shape![k] !== 1);
  const parts = long.map((k) => x.channels![k]);
  const inner = parts.at(-1);
  if (inner === undefined) return;
  if (parts.some((tag) => tag === undefined)) {
    const size = shape[toEnd - 1]!;
    if (inner.stride === 1 && inner.size % size === 0)
      tags[toEnd - 1] = { stride: 1, size, of: inner.of ?? inner.size };
    return;
  }
  const joined = parts.every(
    (tag, k) => k === parts.length - 1 || tag!.stride === parts[k + 1]!.stride * parts[k + 1]!.size,
  );
  if (!joined) return;
  let stride = inner.stride;
  for (let k = toEnd - 1; k >= j; k--) {
    const size = shape[k]!;
    if (size !== 1) tags[k] = { stride, size };
    stride *= size;
  }
}
