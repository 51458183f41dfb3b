import { appendFileSync, chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readRecords } from "../../src/recordReader.js";
import { type LossRecord, type RunKey, runId } from "../../src/records.js";
import { createRecordWriter } from "../../src/recordWriter.js";
import { gatherRuns, isDone } from "../../src/runs.js";
import { temporaryFolder } from "../data/helpers.js";
import { endRecord, startRecord } from "../report/exampleRecords.js";

const key: RunKey = {
  scenario: "linear",
  variant: "relu",
  preset: "smoke",
  engine: "onnxruntime-node",
  scheme: "idinit",
  seed: 0,
  config: { batch: 8, optimizer: { kind: "sgd", momentum: 0.9 } },
};
const start = startRecord(key);
const run = start.run;
const loss = (from: number): LossRecord => ({ type: "loss", run, from, to: from, loss: 1 / (from + 1) });

describe("runId", () => {
  it("does not depend on the order of properties, and on everything else", () => {
    const turned = { ...key, config: { optimizer: { momentum: 0.9, kind: "sgd" }, batch: 8 } };
    expect(runId(turned)).toBe(runId(key));
    const others = [
      { ...key, seed: 1 },
      { ...key, scheme: "kaiming" },
      { ...key, engine: "brain" },
      { ...key, config: { ...key.config, batch: 9 } },
    ];
    expect(new Set([key, ...others].map(runId)).size).toBe(5);
  });
});

describe("createRecordWriter", () => {
  it("writes whole lines that read back as they were", async () => {
    const folder = join(temporaryFolder(), "made", "by", "it");
    const writer = createRecordWriter(folder);
    const records = [start, loss(0), { ...loss(1), loss: Number.NaN }, { ...loss(2), loss: Number.POSITIVE_INFINITY }];
    for (const record of records) writer.write(record);
    writer.close();
    expect(await readRecords(folder)).toEqual({ records, warnings: [] });
  });

  it("gives every writer a file of its own", () => {
    const folder = temporaryFolder();
    const first = createRecordWriter(folder);
    first.write(start);
    expect(() => {
      const second = createRecordWriter(folder);
      expect(second.path).not.toBe(first.path);
      second.close();
    }).not.toThrow();
    first.close();
  });

  it("says before anything runs that a folder can't be written to", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "file"), "");
    expect(() => createRecordWriter(join(folder, "file"))).toThrow(/file: expected a folder that can be written to/);
  });

  // Root may write anywhere.
  it.skipIf(process.getuid?.() === 0)("refuses a read-only folder (skipped for root)", () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o500);
    expect(() => createRecordWriter(folder)).toThrow(/expected a folder that can be written to/);
  });
});

describe("readRecords", () => {
  it("leaves a torn last line out, says so, and keeps the rest", async () => {
    const folder = temporaryFolder();
    const writer = createRecordWriter(folder);
    writer.write(start);
    writer.write(loss(0));
    writer.close();
    appendFileSync(writer.path, '{"type":"loss","run":"');
    const { records, warnings } = await readRecords(folder);
    expect(records).toEqual([start, loss(0)]);
    expect(warnings).toEqual([expect.stringMatching(/records-.*\.jsonl: the last line was torn/)]);
  });

  it("is empty where there is no folder", async () => {
    expect(await readRecords(join(temporaryFolder(), "none"))).toEqual({ records: [], warnings: [] });
  });

  it.each([
    ["no JSON", "{nonsense", /a\.jsonl, line 2: expected a record \(a line of JSON\), got "\{nonsense"/],
    ["JSON of another kind", '{"hello":1}', /line 2: expected a record of type start, loss, /],
    ["a record without a run", '{"type":"loss"}', /line 2: expected a record .* with a run id/],
    ["an empty line", "", /line 2/],
  ])("refuses %s", async (_, line, message) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "a.jsonl"), `${JSON.stringify(start)}\n${line}\n`);
    await expect(readRecords(folder)).rejects.toThrow(message);
    expect(readFileSync(join(folder, "a.jsonl"), "utf8")).toContain(JSON.stringify(start));
  });
});

describe("gatherRuns", () => {
  it("prefers the newest done attempt, and else the newest", () => {
    const [interrupted, finished] = [endRecord(run, "interrupted"), endRecord(run, "finished")];
    const killed = gatherRuns([start, loss(0)]).runs[0]!;
    expect([killed.end, isDone(killed)]).toEqual([undefined, false]);
    const redone = gatherRuns([start, loss(0), interrupted, start, loss(1), finished]).runs;
    expect(redone).toHaveLength(1);
    expect(redone[0]).toMatchObject({ losses: [loss(1)], end: finished });
    const broken = gatherRuns([start, loss(1), finished, start, loss(0), interrupted]).runs[0]!;
    expect(broken).toMatchObject({ losses: [loss(1)], end: finished });
    expect(isDone(gatherRuns([start, endRecord(run, "diverged")]).runs[0]!)).toBe(true);
    expect(isDone(gatherRuns([start, endRecord(run, "failed")]).runs[0]!)).toBe(false);
  });

  it("keeps mixed runs apart", () => {
    const other = startRecord({ ...key, seed: 1 });
    const { runs } = gatherRuns([start, other, loss(0), { ...loss(5), run: other.run }]);
    expect(runs.map(({ losses }) => losses.map(({ from }) => from))).toEqual([[0], [5]]);
  });

  it("forgets a skip once the run was done", () => {
    const skipped = { type: "skipped", run, time: "", ...key, reason: "not installed" } as const;
    expect(gatherRuns([skipped]).skipped).toEqual([skipped]);
    expect(gatherRuns([skipped, start, endRecord(run, "finished")]).skipped).toEqual([]);
  });

  it("refuses lines that belong to no run", () => {
    expect(() => gatherRuns([loss(0)])).toThrow(`expected a start before the loss of run ${run}, got none`);
  });
});
