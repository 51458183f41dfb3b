/** The format, read strictly. */
import { expect } from "vitest";

interface Info {
  readonly dtype: string;
  readonly shape: number[];
  readonly data_offsets: [number, number];
}

const WIDTH: Record<string, number> = { F32: 4, F64: 8, F16: 2, BF16: 2, I32: 4, I64: 8, U8: 1 };

/** A reader written from the format's description, with all the checks that it asks of readers. */
export function parse(file: Uint8Array) {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const length = Number(view.getBigUint64(0, true));
  expect(length).toBeLessThanOrEqual(100_000_000);
  expect(length % 8).toBe(0);
  const json = new TextDecoder("utf-8", { fatal: true }).decode(file.subarray(8, 8 + length));
  expect(json.startsWith("{")).toBe(true);
  const { __metadata__: metadata, ...header } = JSON.parse(json) as Record<string, Info> & { __metadata__?: unknown };
  const data = file.subarray(8 + length);
  let end = 0;
  for (const info of Object.values(header).sort(
    (a, b) => a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1],
  )) {
    // No holes, no overlap, sizes that fit, each tensor aligned to its element.
    expect(info.data_offsets[0]).toBe(end);
    const size = info.shape.reduce((product, dimension) => product * dimension, 1);
    end = info.data_offsets[1];
    expect(end - info.data_offsets[0]).toBe(size * WIDTH[info.dtype]!);
    expect(info.data_offsets[0] % WIDTH[info.dtype]!).toBe(0);
  }
  expect(end).toBe(data.length);
  return { metadata, header, bytesOf: (name: string) => data.slice(...header[name]!.data_offsets) };
}
