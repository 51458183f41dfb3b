import { describe, expect, it } from "vitest";
import { acceptSharedViews, type UploadQueue } from "../../src/gpu/sharedViews.js";

/** A queue as Dawn's: it takes no shared memory. */
function strictQueue() {
  const written: { readonly data: number[]; readonly part: readonly unknown[] }[] = [];
  const queue: UploadQueue = {
    writeBuffer(_buffer, _offset, data, ...part) {
      const buffer = ArrayBuffer.isView(data) ? data.buffer : data;
      if (!(buffer instanceof ArrayBuffer)) throw new Error("Invalid argument");
      const values = ArrayBuffer.isView(data) && !(data instanceof DataView) ? (data as Float32Array) : undefined;
      written.push({ data: [...(values ?? new Uint8Array(buffer))], part });
    },
  };
  return { queue, written };
}

describe("acceptSharedViews", () => {
  it("copies what lies in shared memory, elements and offsets as they were", () => {
    const { queue, written } = strictQueue();
    const shared = new SharedArrayBuffer(16);
    new Float32Array(shared).set([1, 2, 3, 4]);
    expect(() => queue.writeBuffer({}, 0, new Float32Array(shared))).toThrow("Invalid argument");
    acceptSharedViews(queue);
    queue.writeBuffer({}, 0, new Float32Array(shared, 4, 2), 1, 1);
    queue.writeBuffer({}, 0, shared);
    queue.writeBuffer({}, 0, new DataView(shared, 0, 4));
    const bytes = [...new Uint8Array(shared)];
    expect(written).toEqual([
      { data: [2, 3], part: [1, 1] },
      { data: bytes, part: [] },
      { data: bytes.slice(0, 4), part: [] },
    ]);
  });

  it("passes on what is not shared", () => {
    const { queue, written } = strictQueue();
    acceptSharedViews(queue);
    const own = Float32Array.of(1, 2);
    queue.writeBuffer({}, 0, own, 0, 2);
    queue.writeBuffer({}, 0, own.buffer);
    expect(written).toEqual([
      { data: [1, 2], part: [0, 2] },
      { data: [...new Uint8Array(own.buffer)], part: [] },
    ]);
  });
});
