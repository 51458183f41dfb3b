import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { normalizationOf } from "../../src/data/batches.js";
import { readMnist } from "../../src/data/mnist.js";
import { idx, realData, temporaryFolder, withRealData } from "./helpers.js";

const images = (count: number) =>
  idx(
    2051,
    [count, 2, 2],
    Array.from({ length: count * 4 }, (_, i) => i),
  );
const labels = (...values: number[]) => idx(2049, [values.length], values);

/** A tiny MNIST with some files replaced. */
function folder(replaced: Readonly<Record<string, Buffer>> = {}): string {
  const path = temporaryFolder();
  const files = {
    "train-images-idx3-ubyte": images(3),
    "train-labels-idx1-ubyte.gz": gzipSync(labels(7, 0, 9)),
    "t10k-images-idx3-ubyte.gz": gzipSync(images(2)),
    "t10k-labels-idx1-ubyte": labels(1, 2),
    ...replaced,
  };
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(path, name), bytes);
  return path;
}

describe("readMnist", () => {
  it("reads plain and gzipped files", async () => {
    const dataset = await readMnist(folder());
    expect(dataset?.train).toEqual({
      kind: "image",
      shape: [1, 2, 2],
      values: expect.objectContaining({ length: 12 }),
      labels: Uint8Array.of(7, 0, 9),
    });
    expect([...dataset!.train.values]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(dataset?.test.labels).toEqual(Uint8Array.of(1, 2));
  });

  it("answers undefined where a file is missing", async () => {
    expect(await readMnist(temporaryFolder())).toBeUndefined();
  });

  it.each([
    [
      "images cut short",
      "train-images-idx3-ubyte",
      images(3).subarray(0, 20),
      /train-images.*expected 28 bytes for 3 images of 2×2, got 20: the file is cut short/,
    ],
    [
      "images too long",
      "train-images-idx3-ubyte",
      Buffer.concat([images(3), Buffer.alloc(1)]),
      /expected 28 bytes.*got 29: the file is too long/,
    ],
    [
      "labels given as images",
      "train-images-idx3-ubyte",
      labels(...Array(20).fill(1)),
      /expected an images file \(magic 2051\), got a labels file \(magic 2049\)/,
    ],
    [
      "images given as labels",
      "t10k-labels-idx1-ubyte",
      images(2),
      /expected a labels file \(magic 2049\), got an images file/,
    ],
    [
      "something else",
      "t10k-labels-idx1-ubyte",
      Buffer.from("not an IDX file"),
      /expected a labels file.*got no IDX file of bytes/,
    ],
    ["an empty file", "t10k-labels-idx1-ubyte", Buffer.alloc(0), /expected an IDX header of 8 bytes, got a file of 0/],
    ["a label above 9", "t10k-labels-idx1-ubyte", labels(1, 10), /expected labels 0 to 9, got 10 at record 1/],
    [
      "another number of labels",
      "t10k-labels-idx1-ubyte",
      labels(1, 2, 3),
      /expected 2 labels as .*t10k-images.* has images, got 3/,
    ],
    [
      "gzip cut short",
      "t10k-images-idx3-ubyte.gz",
      gzipSync(images(2)).subarray(0, 25),
      /t10k-images.*expected a whole gzip file, got 25 bytes of which it ends in the middle/,
    ],
    [
      "damaged gzip",
      "t10k-images-idx3-ubyte.gz",
      Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.alloc(30, 7)]),
      /damaged gzip data/,
    ],
    [
      "images of another size",
      "t10k-images-idx3-ubyte.gz",
      gzipSync(idx(2051, [2, 1, 2], [1, 2, 3, 4])),
      /expected images of 2×2 as in .*got 1×2/,
    ],
  ])("refuses %s", async (_, name, bytes, message) => {
    await expect(readMnist(folder({ [name]: bytes }))).rejects.toThrow(message);
  });

  it.skipIf(!realData)(`reads the real files${withRealData}`, async () => {
    const dataset = await readMnist(realData!);
    expect([...dataset!.train.labels.subarray(0, 10)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
    expect([...dataset!.test.labels.subarray(0, 10)]).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
    expect(dataset!.train.labels).toHaveLength(60000);
    // The training set's published statistics.
    const { mean, std } = normalizationOf(dataset!.train);
    expect(mean[0]).toBeCloseTo(0.1307, 4);
    expect(std[0]).toBeCloseTo(0.3081, 4);
  });
});
