import { readFileSync } from "node:fs";
import { expect, it, vi } from "vitest";
import { readRecords } from "../../src/recordReader.js";
import { createRecordWriter } from "../../src/recordWriter.js";
import { temporaryFolder } from "../data/helpers.js";
import { startRecord } from "../report/exampleRecords.js";

/** Bytes that still fit on the disk. */
let room = Number.POSITIVE_INFINITY;

// A full disk takes what fits and fails at the next write.
vi.mock("node:fs", async (original) => {
  const fs = await original<typeof import("node:fs")>();
  return {
    ...fs,
    writeSync(file: number, bytes: Buffer, at: number) {
      if (room === 0) throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
      const length = Math.min(room, bytes.length - at);
      room -= length;
      return fs.writeSync(file, bytes, at, length);
    },
  };
});

it("takes a torn line back when the disk is full, and can go on once there is room", async () => {
  const start = startRecord({
    scenario: "linear",
    variant: "relu",
    preset: "smoke",
    engine: "brain",
    scheme: "idinit",
    seed: 0,
    config: {},
  });
  const loss = { type: "loss", run: start.run, from: 0, to: 0, loss: 1 } as const;
  const folder = temporaryFolder();
  const writer = createRecordWriter(folder);
  writer.write(start);
  const whole = readFileSync(writer.path, "utf8");
  room = 20;
  expect(() => writer.write(loss)).toThrow(
    /records-.*\.jsonl: a record could not be written, earlier ones are kept: ENOSPC/,
  );
  expect(readFileSync(writer.path, "utf8")).toBe(whole);
  room = Number.POSITIVE_INFINITY;
  writer.write(loss);
  writer.close();
  expect(await readRecords(folder)).toEqual({ records: [start, loss], warnings: [] });
});
