/** Small pictures of matrices as PNG, without a canvas. */
import { deflateSync } from "node:zlib";
import { crc32 } from "./crc32.js";

type Colour = readonly [red: number, green: number, blue: number];

const NEGATIVE: Colour = [33, 102, 172];
const ZERO: Colour = [247, 247, 247];
const POSITIVE: Colour = [178, 24, 43];

/**
 * A matrix as a data URI: blue below 0, white at 0, red above, full colour at ±`limit`; one pixel an entry.
 *
 * @param values Row by row.
 */
export function matrixPicture(values: readonly number[], columns: number, limit: number): string {
  const rows = values.length / columns;
  const scanLines = Buffer.alloc(rows * (1 + 3 * columns)); // Each line starts with its filter, 0: none.
  values.forEach((value, index) => {
    const share = limit > 0 ? Math.max(-1, Math.min(1, value / limit)) : 0;
    const end = share < 0 ? NEGATIVE : POSITIVE;
    const at = Math.floor(index / columns) * (1 + 3 * columns) + 1 + 3 * (index % columns);
    for (let c = 0; c < 3; c++) scanLines[at + c] = Math.round(ZERO[c]! + (end[c]! - ZERO[c]!) * Math.abs(share));
  });
  const header = Buffer.alloc(13);
  header.writeUInt32BE(columns, 0);
  header.writeUInt32BE(rows, 4);
  header.set([8, 2], 8); // Eight bits a channel, red green blue.
  const png = Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(scanLines, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
  return `data:image/png;base64,${png.toString("base64")}`;
}

function chunk(type: string, data: Buffer): Buffer {
  const result = Buffer.alloc(12 + data.length);
  result.writeUInt32BE(data.length, 0);
  result.write(type, 4, "latin1");
  data.copy(result, 8);
  result.writeUInt32BE(crc32(result.subarray(4, 8 + data.length)), 8 + data.length);
  return result;
}
