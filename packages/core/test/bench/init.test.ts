import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

interface Ratio {
  readonly name: string;
  readonly value: number;
  readonly wanted: { readonly atLeast?: number; readonly atMost?: number };
  readonly met: boolean;
  readonly floor?: number;
}

/** Those that need nobody else's library. */
const OWN = [
  "speed of idi into a warm array / fill(0)",
  "speed of idiz into a warm array / fill(0)",
  "time of idi / allocating",
  "time of idiz / allocating",
  "time of BERT-Base with idinit / filling",
];

// The benchmark times what is built, not the sources.
test.skipIf(!existsSync(at("../../dist/index.js")))(
  "bench:init --json prints the ratios and nothing else (skipped before the first build)",
  async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      at("../../bench/init.mjs"),
      ...["--json", "--quick", "--no-setup"],
    ]);
    const { machine, seconds, ratios } = JSON.parse(stdout) as {
      machine: { node: string };
      seconds: Record<string, Record<string, number | string>>;
      ratios: Ratio[];
    };
    expect(machine.node).toBe(process.versions.node);
    for (const value of Object.values(seconds.idinit!)) expect(value).toBeGreaterThan(0);
    expect(ratios.map(({ name }) => name)).toEqual(expect.arrayContaining(OWN));
    for (const { name, value, wanted, met, floor } of ratios) {
      expect(value).toBeGreaterThan(0);
      expect(met).toBe(wanted.atLeast === undefined ? value <= wanted.atMost! : value >= wanted.atLeast);
      expect(floor !== undefined).toBe(/allocating$|filling$/.test(name));
    }
    if (seconds.pytorch !== undefined) {
      expect(ratios.map(({ name }) => name)).toContain("speed of BERT-Base with normal / PyTorch");
    }
  },
  180_000,
);
