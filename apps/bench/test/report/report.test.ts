import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { RunRecord } from "../../src/records.js";
import { agreements } from "../../src/report/agreement.js";
import { meanAndDeviation, short } from "../../src/report/format.js";
import { rowFacts } from "../../src/report/rowFacts.js";
import { summarize } from "../../src/report/summarize.js";
import { writeReport } from "../../src/report/writeReport.js";
import { gatherRuns } from "../../src/runs.js";
import { temporaryFolder } from "../data/helpers.js";
import { exampleRecords, trainingRecords } from "./exampleRecords.js";

function folderWith(records: readonly RunRecord[]): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "records-1.jsonl"), records.map((record) => `${JSON.stringify(record)}\n`).join(""));
  return folder;
}

describe("writeReport", () => {
  it("makes one page that needs nothing else, with every part", async () => {
    const folder = folderWith(exampleRecords());
    const written = await writeReport(folder);
    const text = readFileSync(written.html, "utf8");
    // Not as one comparison of strings: a failure would print the page.
    expect(/<script|<link|src="(?!data:)|url\((?!#)|NaN|undefined/.exec(text)?.[0]).toBeUndefined();
    const ids = [...text.matchAll(/<section id="(\w+)">/g)].map(([, id]) => id);
    expect(ids).toEqual(["variance", "jacobian", "linear", "agreement", "skipped", "unfinished", "environment"]);
    // Loss and accuracy of relu and tanh, one depth chart, one dot chart.
    expect(text.split("<svg ")).toHaveLength(1 + 6);
    // Four schemes of relu and one of tanh, three kernels, before and after.
    expect(text.split('src="data:image/png;base64,')).toHaveLength(1 + 30);
    // Text from records is escaped.
    expect(text.includes("no &#60;momentum&#62; &#38; no &#34;weight decay&#34;")).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(["records-1.jsonl", "report.html", "report.md"]);
  });

  it("writes the same numbers into the Markdown tables", async () => {
    const { markdown } = await writeReport(folderWith(exampleRecords()));
    const lines = readFileSync(markdown, "utf8").split("\n");
    const row = lines.find((line) => line.startsWith("| onnxruntime-node | kaiming | 3 |"))!;
    expect(row.split("|").map((cell) => cell.trim())).toContain("98.21 (MNIST, 30 epochs)");
    expect(row.split("|")).toHaveLength(11);
    expect(lines).toContain('| linear, relu | brain | idinit | 0 | brain.js has no <momentum> & no "weight decay" |');
  });

  it("refuses a folder without records", async () => {
    const folder = temporaryFolder();
    await expect(writeReport(folder)).rejects.toThrow(
      `${folder}: expected records of at least one run (*.jsonl), got none`,
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  it("refuses damaged records and leaves the old report alone", async () => {
    const folder = folderWith(exampleRecords());
    await writeReport(folder);
    const before = readFileSync(join(folder, "report.html"), "utf8");
    writeFileSync(join(folder, "records-2.jsonl"), "damaged\n");
    await expect(writeReport(folder)).rejects.toThrow(/records-2\.jsonl, line 1: expected a record/);
    expect(readFileSync(join(folder, "report.html"), "utf8")).toBe(before);
  });

  it("leaves nothing half-written where the report can't be put", async () => {
    const folder = folderWith(exampleRecords());
    mkdirSync(join(folder, "report.html"));
    await expect(writeReport(folder)).rejects.toThrow(/report\.html: the report could not be written/);
    expect(readdirSync(folder).sort()).toEqual(["records-1.jsonl", "report.html"]);
  });
});

describe("numbers", () => {
  it("are means and sample standard deviations of the finished runs", () => {
    const key = { scenario: "linear", variant: "relu", preset: "quick", engine: "brain", scheme: "idinit", config: {} };
    const records = [
      ...trainingRecords({ ...key, seed: 0 }, 4),
      ...trainingRecords({ ...key, seed: 1 }, 4),
      ...trainingRecords({ ...key, seed: 2 }, 4, "diverged"),
    ];
    const { runs } = gatherRuns(records);
    const [group] = summarize(runs);
    const facts = rowFacts(group!, group!.rows[0]!);
    const [a, b] = runs.map(({ epochs }) => 100 * epochs.at(-1)!.accuracy) as [number, number];
    // For two values the sample standard deviation is |a − b| / √2.
    expect(facts.accuracy).toBe(`${((a + b) / 2).toFixed(2)} ± ${(Math.abs(a - b) / Math.SQRT2).toFixed(2)}`);
    expect(facts).toMatchObject({ seeds: "3", remarks: "1 diverged" });
    expect(facts.epochsToTarget).toMatch(/\(\d of 3\)$/);
  });

  it("are written briefly", () => {
    expect([0, 1e-12, 0.01234, 1, 12.345, 2000, 4.2e9, -0.5].map(short)).toEqual([
      "0",
      "1e-12",
      "0.0123",
      "1",
      "12.3",
      "2000",
      "4.2e9",
      "-0.5",
    ]);
    expect(meanAndDeviation([], 2)).toBe("–");
    expect(meanAndDeviation([0.5], 1, 100)).toBe("50.0");
  });
});

describe("agreements", () => {
  it("compare runs that differ only in the engine", () => {
    const found = agreements(summarize(gatherRuns(exampleRecords()).runs));
    expect(found.map(({ engine, reference, scheme, seed }) => [engine, reference, scheme, seed])).toEqual([
      ["tfjs-wasm", "onnxruntime-node", "idinit", 0],
      ["tfjs-wasm", "onnxruntime-node", "kaiming", 0],
    ]);
    for (const { first, tenth } of found) {
      expect(first).toBeCloseTo(1e-6, 9);
      expect(tenth).toBeCloseTo(1e-6, 9);
    }
  });
});
