/** The script that times threads in a page of Chromium. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { findChromium } from "../../scripts/chromium.mjs";

const script = fileURLToPath(new URL("../../scripts/browser.mjs", import.meta.url));
const built = existsSync(fileURLToPath(new URL("../../dist/speed/workload.js", import.meta.url)));
const why = !built
  ? " (skipped: not built)"
  : findChromium() === undefined
    ? " (skipped: no Chromium found, CHROMIUM can name one)"
    : "";

describe.skipIf(why !== "")(`threads in a page${why}`, () => {
  it("train in a page that is isolated, to the same loss with one and two", { timeout: 180_000 }, async () => {
    const parameters = [script, "--architecture", "tiny", "--batch", "8", "--steps", "2", "--json"];
    const { stdout } = await promisify(execFile)(process.execPath, parameters, { timeout: 170_000 });
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ kind: "browser-speed", batch: 8, crossOriginIsolated: true });
    expect(
      result.entries.map(({ threads, steps }: { threads: number; steps: number[] }) => [threads, steps.length]),
    ).toEqual([
      [1, 2],
      [2, 2],
    ]);
    const [one, two] = result.entries;
    expect(one.relativeToOneThread).toBe(1);
    expect(two.relativeToOneThread).toBeCloseTo(one.milliseconds / two.milliseconds, 9);
    expect(one.loss).toBeLessThan(Math.log(4));
    expect(two.loss).toBeCloseTo(one.loss, 5);
  });

  it("refuses what it does not know", async () => {
    const run = promisify(execFile)(process.execPath, [script, "--architecture", "vgg"]);
    await expect(run).rejects.toThrow(/--architecture needs one of resnet-20, .*got "vgg"/);
  });
});
