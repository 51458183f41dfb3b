/** The bench of large models on toy sizes, against the built package. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

test.skipIf(!existsSync(at("../../dist/node/index.js")))(
  "bench:large --json writes, checks and removes a small model, with threads (skipped before the first build)",
  () => {
    const options = ["--json", "--quick", "--no-setup", "--workers", "2"];
    const { status, stdout, stderr } = spawnSync(process.execPath, [at("../../bench/large.mjs"), ...options], {
      encoding: "utf8",
    });
    expect([status, stderr]).toEqual([0, ""]);
    const { files, tensorBytes, parameters, checkedBy, residentBytes } = JSON.parse(stdout);
    expect(files).toHaveLength(3);
    expect(tensorBytes).toBe(4 * parameters);
    expect(checkedBy).toContain("the published format");
    expect(residentBytes.peak).toBeGreaterThan(1e6);
  },
);
