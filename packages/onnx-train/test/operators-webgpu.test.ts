/** Gradients on onnxruntime's WebGPU provider, of the lowered graph, against the same graph on the CPU as it stands. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as ort from "onnxruntime-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lower, webgpuLowering } from "../src/index.js";
import { relativeError } from "./support/fixtures.js";
import { dropoutCase, operatorCases } from "./support/operator-cases.js";
import { buildCase, type CaseResult, type OperatorCase, runPrepared } from "./support/operator-model.js";
import { trainedOperators } from "./support/operator-table.js";
import { findWebgpu, type Placement, takePlacement } from "./support/webgpu.js";
import { WEBGPU_RESULTS } from "./support/webgpu-results.js";

// A software adapter will do: it computes what a GPU computes.
const found = await findWebgpu();
const why = "reason" in found ? ` (skipped: ${found.reason})` : "";

/** Two of an operator's cases, and all whose nodes are rewritten in more than one way. */
const casesOf = (op: string): readonly OperatorCase[] =>
  op === "Dropout"
    ? [dropoutCase]
    : operatorCases
        .filter((c) => c.op === op)
        .filter(({ title }, i) => i < 2 || op === "MaxPool" || title.startsWith("three dimensions"));

/** Of the largest value. WGSL allows sin and cos an absolute error of 2^-11, which their derivatives and tan inherit. */
const TOLERANCE = 1e-4;
const TRIGONOMETRIC_TOLERANCE = 1e-3;
const TRIGONOMETRIC: ReadonlySet<string> = new Set(["Sin", "Cos", "Tan", "Acos", "Asin"]);

describe.skipIf(why !== "")(`the WebGPU provider${why}`, () => {
  let folder: string;
  const results: Record<string, readonly string[]> = {};
  /** The device and its compiled shaders live as long as one session does. */
  let first: ort.InferenceSession | undefined;

  beforeAll(() => {
    if ("environment" in found) Object.assign(process.env, found.environment);
    folder = mkdtempSync(join(tmpdir(), "idinit-webgpu-"));
  });
  afterAll(async () => {
    await first?.release();
    rmSync(folder, { recursive: true });
  });

  /** The case on the CPU, then lowered on the device, and where that ran its nodes. */
  async function compare(testCase: OperatorCase, prefix: string) {
    const { bytes, ...built } = buildCase(ort, testCase);
    const run = async (model: Uint8Array, options: ort.InferenceSession.SessionOptions): Promise<CaseResult> => {
      const session = await ort.InferenceSession.create(model, options);
      const result = await runPrepared({ ...built, session });
      if (options.enableProfiling) session.endProfiling();
      if (options.enableProfiling && !first) first = session;
      else await session.release();
      return result;
    };
    const expected = await run(bytes, { intraOpNumThreads: 1, graphOptimizationLevel: "disabled" });
    const actual = await run(lower(bytes, webgpuLowering), {
      executionProviders: [{ name: "webgpu", preferredLayout: "NCHW" }],
      graphOptimizationLevel: "extended",
      // Nodes that stay on the CPU are warned of.
      logSeverityLevel: 3,
      enableProfiling: true,
      profileFilePrefix: prefix,
    });
    return { actual, expected, placement: takePlacement(prefix) };
  }

  it.each(trainedOperators)("%s has the same gradient", async (op) => {
    const tolerance = TRIGONOMETRIC.has(op) ? TRIGONOMETRIC_TOLERANCE : TOLERANCE;
    const placements: Placement[] = [];
    for (const [i, testCase] of casesOf(op).entries()) {
      const { actual, expected, placement } = await compare(testCase, join(folder, `${op}-${i}`));
      placements.push(placement);
      expect(placement.device, `${testCase.title}: nodes on the device`).toBeGreaterThan(0);
      expect(Math.abs(actual.loss / expected.loss - 1), `${testCase.title}: loss`).toBeLessThan(tolerance);
      for (const [name, { data }] of expected.gradients)
        expect(relativeError(actual.gradients.get(name)!.data, data), `${testCase.title}: ${name}`).toBeLessThan(
          tolerance,
        );
    }
    results[op] = [...new Set(placements.flatMap(({ cpu }) => cpu))].sort();
  });

  it("stays on the CPU where the table in docs/operators.md says so", async () => {
    await expect(`${JSON.stringify(results, null, 2)}\n`).toMatchFileSnapshot(WEBGPU_RESULTS);
  });
});
