/** `run`: trains and measures, records, then makes the report. */
import { loadDataset } from "../data/loadDataset.js";
import { type DeviceChoice, enginesFor } from "../engines/devices.js";
import { type EngineName, findEngine } from "../engines/index.js";
import { readEnvironment } from "../environment.js";
import type { Job } from "../jobs/job.js";
import { planJobs } from "../jobs/planJobs.js";
import { noOutcome, type Outcome, runJobs } from "../jobs/runJobs.js";
import type { Selection } from "../jobs/selection.js";
import { createProgress, type Progress } from "../progress.js";
import { readRecords } from "../recordReader.js";
import { createRecordWriter } from "../recordWriter.js";
import { writeReport } from "../report/writeReport.js";
import { gatherRuns, isDone } from "../runs.js";
import { defaultScenarios } from "../scenarios/index.js";
import type { PresetName, Scenario } from "../scenarios/scenario.js";

/** The options as commander gives them. */
export interface RunOptions {
  readonly scenario?: readonly Scenario[];
  readonly preset: PresetName;
  readonly engine?: readonly EngineName[];
  readonly device?: DeviceChoice;
  readonly scheme?: readonly string[];
  readonly seeds?: readonly number[];
  readonly data?: string;
  readonly embedded?: true;
  readonly out: string;
  readonly resume?: true;
  readonly epochs?: number;
  readonly depth?: number;
  readonly trainExamples?: number;
  readonly learningRate?: number;
  readonly warmUp?: number;
  readonly threads: number;
}

/** The exit code of a process that Ctrl-C ended. */
const INTERRUPTED = 130;

/**
 * @returns The exit code: 0, 1 where a run failed, 130 where it was interrupted.
 * @throws IdinitError when an option, the data or the output folder is no good, before anything is trained.
 */
export async function run(options: RunOptions): Promise<number> {
  const progress = createProgress(process.stderr);
  const jobs = await planJobs({
    scenarios: options.scenario ?? defaultScenarios,
    preset: options.preset,
    selection: selectionOf(options, options.engine ?? (options.device && (await enginesFor(options.device)))),
    findEngine,
    loadDataset,
    embedded: options.embedded === true,
  });
  const recorded = await readRecords(options.out);
  for (const warning of recorded.warnings) progress.line(warning);
  const done = new Set(
    gatherRuns(recorded.records)
      .runs.filter(isDone)
      .map(({ start }) => start.run),
  );
  const open = options.resume ? jobs.filter(({ id }) => !done.has(id)) : jobs;
  if (open.length < jobs.length) progress.line(`${jobs.length - open.length} of ${jobs.length} runs are done already`);

  const interruption = interruptible(progress.line);
  try {
    const outcome = await record(open, options.out, progress, interruption.signal);
    if (interruption.signal.aborted) {
      progress.line("interrupted; the same command with --resume goes on");
      return INTERRUPTED;
    }
    const report = await writeReport(options.out);
    progress.line(`report: ${report.html}\ntable:  ${report.markdown}`);
    return outcome.failed > 0 ? 1 : 0;
  } finally {
    interruption.release();
  }
}

/** Does the runs and writes their records into a new file of the folder; no file where there are no runs. */
async function record(jobs: readonly Job[], out: string, progress: Progress, signal: AbortSignal): Promise<Outcome> {
  if (jobs.length === 0) return noOutcome;
  const writer = createRecordWriter(out);
  try {
    const environment = await readEnvironment();
    const outcome = await runJobs(jobs, { environment, progress, write: writer.write, signal });
    const parts = Object.entries(outcome).flatMap(([name, count]) => (count > 0 ? [`${count} ${name}`] : []));
    progress.line(`${parts.join(", ")}; records in ${writer.path}`);
    return outcome;
  } finally {
    writer.close();
  }
}

function selectionOf(options: RunOptions, engines: readonly EngineName[] | undefined): Selection {
  const { scheme, seeds, epochs, depth, trainExamples, learningRate, warmUp, threads } = options;
  const directory = options.embedded ? undefined : (options.data ?? (process.env.IDINIT_DATA || undefined));
  return {
    threads,
    ...(directory === undefined ? {} : { directory }),
    ...(engines && { engines }),
    ...(scheme && { schemes: scheme }),
    ...(seeds && { seeds }),
    ...(epochs !== undefined && { epochs }),
    ...(depth !== undefined && { depth }),
    ...(trainExamples !== undefined && { trainExamples }),
    ...(learningRate !== undefined && { learningRate }),
    ...(warmUp !== undefined && { warmUpEpochs: warmUp }),
  };
}

/** The first Ctrl-C asks the run to end after its step, the second ends the process. */
function interruptible(line: (text: string) => void): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    line("stopping after this step (again: at once)");
    controller.abort();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return {
    signal: controller.signal,
    release() {
      process.off("SIGINT", onSignal);
      process.off("SIGTERM", onSignal);
    },
  };
}
