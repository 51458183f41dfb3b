import { appendFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type RunOptions, run } from "../../src/commands/run.js";
import { readRecords } from "../../src/recordReader.js";
import { gatherRuns } from "../../src/runs.js";
import { findScenario } from "../../src/scenarios/index.js";
import { temporaryFolder } from "../data/helpers.js";

/** A few steps of a small network. */
const small = { preset: "smoke", threads: 1, embedded: true, scenario: [findScenario("text")] } as const;

let said = "";
beforeEach(() => {
  said = "";
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    said += text;
    return true;
  });
});
afterEach(() => vi.restoreAllMocks());

async function runsIn(folder: string) {
  return gatherRuns((await readRecords(folder)).records);
}

describe("run", () => {
  it("trains on a real engine, records and reports; then resume has nothing left to do", async () => {
    const out = temporaryFolder();
    const options: RunOptions = {
      ...small,
      out,
      engine: ["onnxruntime-node"],
      scheme: ["idinit", "xavier"],
      seeds: [0],
    };
    expect(await run(options)).toBe(0);
    const { runs } = await runsIn(out);
    expect(runs.map(({ start, end }) => [start.scheme, end?.status])).toEqual([
      ["idinit", "finished"],
      ["xavier", "finished"],
    ]);
    // Six classes that the head can't tell apart yet; IDInit's head starts near 0.
    expect(runs[0]!.losses[0]!.loss).toBeCloseTo(Math.log(6), 3);
    expect(said).toContain(join(out, "report.html"));
    expect(readFileSync(join(out, "report.md"), "utf8")).toContain("| onnxruntime-node | idinit | 1 |");

    expect(await run({ ...options, resume: true })).toBe(0);
    expect(said).toContain("2 of 2 runs are done already");
    expect((await runsIn(out)).runs).toHaveLength(2);
  });

  it("ends the step at Ctrl-C, says so in the records, and resumes", async () => {
    const out = temporaryFolder();
    const options: RunOptions = { ...small, out, engine: ["onnxruntime-node"], scheme: ["idinit"], seeds: [0] };
    const interrupting = run({ ...options, epochs: 50 });
    await vi.waitFor(() => expect(readdirSync(out)).toHaveLength(1), { timeout: 20_000 });
    await vi.waitFor(async () => expect((await runsIn(out)).runs[0]?.losses.length).toBeGreaterThan(2), 20_000);
    process.emit("SIGINT");
    expect(await interrupting).toBe(130);
    expect((await runsIn(out)).runs[0]!.end).toMatchObject({ status: "interrupted", reason: "stopped by the user" });
    // And a process that was killed in the middle of a line.
    const [name] = readdirSync(out);
    appendFileSync(join(out, name!), '{"type":"loss","ru');

    expect(await run({ ...options, epochs: 1, resume: true })).toBe(0);
    expect(said).toContain("the last line was torn when its process ended");
    const statuses = (await runsIn(out)).runs.map(({ end }) => end?.status);
    expect(statuses).toEqual(["interrupted", "finished"]);
  });

  it("does a run that was killed again, and only that one", async () => {
    const out = temporaryFolder();
    const options: RunOptions = {
      ...small,
      out,
      engine: ["onnxruntime-node"],
      scheme: ["idinit", "xavier"],
      seeds: [0],
    };
    expect(await run(options)).toBe(0);
    const path = join(out, readdirSync(out).find((name) => name.endsWith(".jsonl"))!);
    // As SIGKILL leaves it: the second run has begun, no end, the last line torn.
    const lines = readFileSync(path, "utf8").trimEnd().split("\n");
    const second = lines.findLastIndex((line) => line.startsWith('{"type":"start"'));
    const killed = `${lines.slice(0, second + 2).join("\n")}\n${lines[second + 2]!.slice(0, 20)}`;
    writeFileSync(path, killed);

    expect(await run({ ...options, resume: true })).toBe(0);
    expect(said).toContain("1 of 2 runs are done already");
    const ends = (await runsIn(out)).runs.map(({ start, end }) => [start.scheme, end?.status]);
    expect(ends).toEqual([
      ["idinit", "finished"],
      ["xavier", "finished"],
    ]);
    expect(readFileSync(path, "utf8")).toBe(killed);
  });

  it("lists a pair that an engine can't run, with the reason", async () => {
    const out = temporaryFolder();
    const engine = ["onnxruntime-node", "brain"] as const;
    expect(await run({ ...small, out, engine, scheme: ["idinit"], seeds: [0] })).toBe(0);
    const { skipped } = await runsIn(out);
    expect(skipped).toMatchObject([
      { engine: "brain", reason: expect.stringContaining("brain.js trains dense networks") },
    ]);
    expect(readFileSync(join(out, "report.html"), "utf8").includes("brain.js trains dense networks")).toBe(true);
  });

  it("measures without an engine", async () => {
    const out = temporaryFolder();
    const scenario = [findScenario("jacobian")];
    expect(await run({ ...small, scenario, out, scheme: ["idinit", "kaiming"] })).toBe(0);
    const { runs } = await runsIn(out);
    const chi = runs.map(({ measures }) => measures.find(({ name }) => name === "chi of the blocks")!.value);
    // 64 closed blocks keep lengths; with Kaiming each adds about its own size: growth like 2^64 at most, far above 1.
    expect(chi[0]).toBeCloseTo(1, 3);
    expect(chi[1]).toBeGreaterThan(1000);
  });

  it("refuses before anything is trained", async () => {
    const out = temporaryFolder();
    const empty = temporaryFolder();
    const { embedded: _, ...onFiles } = small;
    await expect(run({ ...onFiles, out, data: empty })).rejects.toThrow(
      `${empty}: expected trec-6 as train_5500.label`,
    );
    appendFileSync(join(out, "file"), "");
    await expect(run({ ...small, out: join(out, "file") })).rejects.toThrow(/file: expected a folder with records/);
    expect(readdirSync(out)).toEqual(["file"]);
  });

  it("paper needs files, unless told otherwise", async () => {
    vi.stubEnv("IDINIT_DATA", "");
    const { embedded: _, ...rest } = small;
    await expect(run({ ...rest, preset: "paper", out: temporaryFolder() })).rejects.toThrow(
      /the preset paper expects trec-6; give its folder with --data, or --embedded/,
    );
    vi.unstubAllEnvs();
  });
});
