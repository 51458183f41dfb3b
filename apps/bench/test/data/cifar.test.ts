import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { create } from "tar";
import { describe, expect, it } from "vitest";
import { readCifar } from "../../src/data/cifar.js";
import { cifar, realData, temporaryFolder, withRealData } from "./helpers.js";

const BATCH = "cifar-10-batches-bin";

/** A folder with `cifar-10-batches-bin` in it. */
function unpacked(files: Readonly<Record<string, Buffer>>, parent = temporaryFolder()): string {
  mkdirSync(join(parent, BATCH), { recursive: true });
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(parent, BATCH, name), bytes);
  return parent;
}

/** An archive of such a folder. */
async function packed(target: string, name: string, files: Readonly<Record<string, Buffer>>): Promise<string> {
  await create({ gzip: true, file: join(target, name), cwd: unpacked(files) }, [BATCH]);
  return join(target, name);
}

const two = cifar([
  [6, 59, 1, 2],
  [9, 3, 4, 5],
]);
const one = cifar([[3, 7, 8, 9]]);
const many = (label: number, count: number) =>
  cifar(Array.from({ length: count }, () => [label, label, 0, 0] as const));

describe("readCifar", () => {
  it("reads a folder with any number of whole records in a file", async () => {
    const dataset = await readCifar(
      unpacked({ "data_batch_1.bin": two, "data_batch_2.bin": one, "test_batch.bin": one }),
    );
    expect([...dataset!.train.labels]).toEqual([6, 9, 3]);
    expect(dataset!.train.kind === "image" && dataset!.train.shape).toEqual([3, 32, 32]);
    // The first pixel of each plane of the second image.
    expect([0, 1024, 2048].map((at) => dataset!.train.values[3072 + at])).toEqual([3, 4, 5]);
    expect([...dataset!.test.labels]).toEqual([3]);
  });

  it("prefers a folder, then the official archive, then one with a test batch", async () => {
    const folder = temporaryFolder();
    await packed(folder, "cifar-10-binary-a.tar.gz", { "data_batch_1.bin": many(1, 10) });
    expect((await readCifar(folder))?.train.labels[0]).toBe(1);
    await packed(folder, "cifar-10-binary-b.tar.gz", { "data_batch_1.bin": many(2, 10), "test_batch.bin": one });
    expect((await readCifar(folder))?.train.labels[0]).toBe(2);
    await packed(folder, "cifar-10-binary.tar.gz", { "data_batch_1.bin": many(3, 10), "test_batch.bin": one });
    expect((await readCifar(folder))?.train.labels[0]).toBe(3);
    unpacked({ "data_batch_1.bin": many(4, 10), "test_batch.bin": one }, folder);
    expect((await readCifar(folder))?.train.labels[0]).toBe(4);
  });

  it("holds the last tenth out where there is no test batch, and says so", async () => {
    const dataset = await readCifar(unpacked({ "data_batch_1.bin": Buffer.concat([many(1, 18), many(2, 2)]) }));
    expect(dataset!.train.labels).toHaveLength(18);
    expect([...dataset!.test.labels]).toEqual([2, 2]);
    expect(dataset!.origin).toContain("no test batch, so its last 2 records are held out");
  });

  it("passes over members that are not batches, wherever they point", async () => {
    const folder = temporaryFolder();
    const source = unpacked({ "data_batch_1.bin": many(5, 10), "readme.html": Buffer.from("x") });
    writeFileSync(join(source, "data_batch_9.bin"), "not in the folder");
    await create({ gzip: true, file: join(folder, "cifar-10-binary.tar.gz"), cwd: source }, [
      BATCH,
      "data_batch_9.bin",
    ]);
    expect((await readCifar(folder))?.train.labels).toHaveLength(9);
  });

  it("answers undefined where there is none", async () => {
    expect(await readCifar(temporaryFolder())).toBeUndefined();
  });

  it.each([
    [
      "a partial record",
      { "data_batch_1.bin": two.subarray(0, 4000) },
      /data_batch_1\.bin: expected whole records, a positive multiple of 3073 bytes, got 4000 \(1 records and 927 bytes\)/,
    ],
    ["an empty file", { "data_batch_1.bin": Buffer.alloc(0) }, /multiple of 3073 bytes, got 0/],
    [
      "a label above 9",
      {
        "data_batch_1.bin": two,
        "data_batch_2.bin": cifar([
          [1, 0, 0, 0],
          [77, 0, 0, 0],
        ]),
      },
      /data_batch_2\.bin: expected labels 0 to 9, got 77 at record 1/,
    ],
    ["a test batch alone", { "test_batch.bin": two }, /expected data_batch_N\.bin beside it, got none/],
    ["too few records to hold any out", { "data_batch_1.bin": two }, /expected at least 10 records, got 2/],
  ])("refuses %s", async (_, files, message) => {
    await expect(readCifar(unpacked(files as unknown as Record<string, Buffer>))).rejects.toThrow(message);
  });

  it("refuses an archive that is cut short or none at all", async () => {
    const folder = temporaryFolder();
    const path = await packed(folder, "cifar-10-binary.tar.gz", { "data_batch_1.bin": many(1, 10) });
    const { readFileSync } = await import("node:fs");
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(0, bytes.length - 40));
    await expect(readCifar(folder)).rejects.toThrow(/cifar-10-binary\.tar\.gz: expected a whole tar archive/);
    writeFileSync(path, "plain text, not an archive, long enough to be looked at ".repeat(40));
    await expect(readCifar(folder)).rejects.toThrow(/cifar-10-binary\.tar\.gz: expected/);
  });

  it.skipIf(!realData)(`reads the real archives${withRealData}`, async () => {
    const dataset = await readCifar(realData!);
    const perClass = Array.from(
      { length: 10 },
      (_, label) => dataset!.test.labels.filter((one) => one === label).length,
    );
    expect(dataset!.train.labels.length % 10).toBe(0);
    // A set with its own test batch has 1000 test images a class.
    if (!dataset!.origin.includes("held out")) expect(perClass).toEqual(Array(10).fill(1000));
  });
});
