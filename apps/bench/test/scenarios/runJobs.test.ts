import { describe, expect, it } from "vitest";
import type { Job } from "../../src/jobs/job.js";
import { runJobs } from "../../src/jobs/runJobs.js";
import { type RunKey, type RunRecord, runId } from "../../src/records.js";
import { startRecord } from "../report/exampleRecords.js";

const key: RunKey = {
  scenario: "linear",
  variant: "relu",
  preset: "smoke",
  engine: "brain",
  scheme: "idinit",
  seed: 0,
  config: {},
};
const { environment, framework } = startRecord(key);

/** A job that does `execute`. */
function job(seed: number, execute: Job["execute"], reason?: string): Job {
  const own = { ...key, seed };
  const id = runId(own);
  return { id, key: own, steps: 1, unsupported: async () => reason, describe: async () => framework, execute };
}

function options(write: (record: RunRecord) => void, signal = new AbortController().signal) {
  const progress = { line: () => {}, bar: () => ({ update: () => {}, finish: () => {} }) };
  return { environment, progress, write, signal };
}

const finished: Job["execute"] = async () => ({ status: "finished" });

describe("runJobs", () => {
  it("records failures and skips, and goes on", async () => {
    const records: RunRecord[] = [];
    const failing: Job["execute"] = async () => {
      throw new Error("out of memory");
    };
    const jobs = [job(0, failing), job(1, finished, "not installed"), job(2, finished)];
    const outcome = await runJobs(
      jobs,
      options((record) => records.push(record)),
    );
    expect(outcome).toEqual({ finished: 1, diverged: 0, failed: 1, interrupted: 0, skipped: 1 });
    expect(records.map(({ type }) => type)).toEqual(["start", "end", "skipped", "start", "end"]);
    expect(records[1]).toMatchObject({ status: "failed", reason: "out of memory" });
    expect(records[2]).toMatchObject({ seed: 1, reason: "not installed" });
  });

  it("goes on after a job that fails before it starts: asked whether it can, or what it runs on", async () => {
    const records: RunRecord[] = [];
    const lost = async () => {
      throw new Error("device lost");
    };
    const jobs = [
      { ...job(0, finished), unsupported: lost },
      { ...job(1, finished), describe: lost },
      job(2, finished),
    ];
    const outcome = await runJobs(
      jobs,
      options((record) => records.push(record)),
    );
    expect(outcome).toEqual({ finished: 1, diverged: 0, failed: 2, interrupted: 0, skipped: 0 });
    expect(records.map(({ type }) => type)).toEqual(["start", "end", "start", "end", "start", "end"]);
    for (const at of [0, 2]) {
      expect(records[at]).toMatchObject({ framework: { framework: "brain", version: "unknown", device: "unknown" } });
      expect(records[at + 1]).toMatchObject({ status: "failed", reason: "device lost" });
    }
    expect(records[4]).toMatchObject({ framework });
  });

  it("stops everything when a record can't be written", async () => {
    let done = 0;
    const writing: Job["execute"] = async ({ write }) => {
      write({ type: "loss", run: runId(key), from: 0, to: 0, loss: 1 });
      return { status: "finished" };
    };
    const counting: Job["execute"] = async () => {
      done++;
      return { status: "finished" };
    };
    const full = (record: RunRecord) => {
      if (record.type === "loss") throw new Error("no space left on device");
    };
    await expect(runJobs([job(0, writing), job(1, counting)], options(full))).rejects.toThrow(
      "no space left on device",
    );
    expect(done).toBe(0);
  });

  it("starts nothing more once it was interrupted", async () => {
    const controller = new AbortController();
    const interrupted: Job["execute"] = async () => {
      controller.abort();
      return { status: "interrupted", reason: "stopped by the user" };
    };
    const records: RunRecord[] = [];
    const outcome = await runJobs(
      [job(0, interrupted), job(1, finished)],
      options((record) => records.push(record), controller.signal),
    );
    expect(outcome).toMatchObject({ interrupted: 1, finished: 0 });
    expect(records).toHaveLength(2);
  });
});
