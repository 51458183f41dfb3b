import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseSst2, parseSst5, readSst2, readSst5 } from "../../src/data/sst.js";
import { parseTrec, readTrec } from "../../src/data/trec.js";
import { buildVocabulary } from "../../src/data/vocabulary.js";
import { realData, temporaryFolder, withRealData } from "./helpers.js";

const options = { length: 5, minimumCount: 1 };

describe("buildVocabulary", () => {
  it("numbers words by frequency from 2 on, cuts and pads", () => {
    const { size, encode } = buildVocabulary(
      [
        ["b", "a", "b"],
        ["c", "b", "a"],
      ],
      2,
    );
    expect(size).toBe(4); // padding, unknown, b, a
    expect([...encode(["a", "b", "c", "x"], 6)]).toEqual([3, 2, 1, 1, 0, 0]);
    expect([...encode(["a", "b", "c"], 2)]).toEqual([3, 2]);
  });
});

describe("TREC", () => {
  it("reads Latin-1 questions", async () => {
    const folder = temporaryFolder();
    writeFileSync(
      join(folder, "train_5500.label"),
      Buffer.from("NUM:dist How far is \xf0 ?\nHUM:ind Who ?\n", "latin1"),
    );
    writeFileSync(join(folder, "TREC_10.label"), "LOC:other Where is \xf0 ?\n", "latin1");
    const dataset = await readTrec(folder, options);
    expect([...dataset!.train.labels]).toEqual([5, 3]);
    expect(dataset!.vocabulary).toBe(2 + 6); // how far is ð ? who
    expect([...dataset!.test.values]).toEqual([1, 5, 7, 2, 0]); // "?" is the most frequent word
  });

  it.each([
    [
      "an unknown class",
      "FOO:bar What ?",
      /questions, line 2: expected "COARSE:fine question" with one of ABBR, .*got class "FOO"/,
    ],
    ["no class", "What is this ?", /line 2: .*got "What is this \?"/],
    ["no question", "NUM:dist", /line 2/],
    ["an empty line", "", /line 2/],
  ])("refuses %s", (_, line, message) => {
    expect(() => parseTrec(["NUM:dist How far ?", line], "questions")).toThrow(message);
  });

  it.skipIf(!realData)(`reads the real files${withRealData}`, async () => {
    const dataset = await readTrec(realData!, { length: 32, minimumCount: 1 });
    const perClass = (labels: Uint8Array) =>
      Array.from({ length: 6 }, (_, k) => labels.filter((one) => one === k).length);
    expect(perClass(dataset!.train.labels)).toEqual([86, 1162, 1250, 1223, 835, 896]);
    expect(perClass(dataset!.test.labels)).toEqual([9, 138, 94, 65, 81, 113]);
  });
});

describe("SST", () => {
  it("reads two classes as a table and five as lines", () => {
    expect(parseSst2(["sentence\tlabel", "a fine  film \t1"], "t")).toEqual([
      { words: ["a", "fine", "film"], label: 1 },
    ]);
    expect(parseSst5(["4 A Fine film"], "t")).toEqual([{ words: ["a", "fine", "film"], label: 4 }]);
  });

  it.each([
    ["no header", () => parseSst2(["a film\t1"], "train.tsv"), /train\.tsv, line 1: expected the header/],
    [
      "a label of five",
      () => parseSst2(["sentence\tlabel", "a film\t4"], "train.tsv"),
      /train\.tsv, line 2: expected sentence<TAB>0 or 1, got "a film\\t4"/,
    ],
    ["a label above 4", () => parseSst5(["1 bad", "5 film"], "train.txt"), /train\.txt, line 2: expected 0 to 4/],
    ["a sentence without words", () => parseSst5(["1  "], "train.txt"), /line 1/],
  ])("refuses %s", (_, read, message) => {
    expect(read).toThrow(message);
  });

  it.skipIf(!realData)(`reads the real files${withRealData}`, async () => {
    const two = await readSst2(realData!, options);
    expect([two!.train.labels.length, two!.test.labels.length]).toEqual([67349, 872]);
    expect(two!.train.labels.filter((label) => label === 1)).toHaveLength(37569);
    const five = await readSst5(realData!, options);
    expect([five!.train.labels.length, five!.test.labels.length]).toEqual([8544, 2210]);
  });
});
