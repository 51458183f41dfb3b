/** Runs in a page: the plan's bytes, made by web workers and without. */
import { streamTensors } from "@idinit/core/large";
import { workerPool } from "@idinit/core/web";
import { PLAN } from "./memory.js";

/** Bytes of all pieces, one behind the other. */
export async function streamed(size: number): Promise<{ readonly alone: number[]; readonly together: number[] }> {
  const run = async (options: Parameters<typeof streamTensors>[1]) => {
    const bytes: number[] = [];
    for await (const { data } of streamTensors(PLAN, { dtype: "bfloat16", chunkBytes: 600, seed: 9, ...options })) {
      if ("bits" in data) bytes.push(...new Uint8Array(data.bits.buffer, data.bits.byteOffset, data.bits.byteLength));
    }
    return bytes;
  };
  const pool = workerPool({ size });
  try {
    return { alone: await run({}), together: await run({ pool }) };
  } finally {
    await pool.close();
  }
}
