import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { IdinitError } from "@idinit/core";
import { planList, writeSafetensors } from "@idinit/core/large";
import { toFolder } from "@idinit/core/node";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { memory, PLAN } from "./memory.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "idinit-folder-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const SHARDED = { shardBytes: 4800 };
/** Refuses two thirds of the way, in float16. */
const FAILING = planList(
  [
    { name: "a", shape: [64], role: "bias" },
    { name: "b", shape: [64], role: "bias" },
    { name: "c", shape: [64], role: "bias", initializer: { name: "constant", params: { value: 1e5 } } },
  ],
  {},
);

test("the files of the plan and nothing else, in a folder that is made for them", async () => {
  const { sink, files } = memory();
  await writeSafetensors(PLAN, sink, SHARDED);
  const path = join(folder, "some", "model");
  const written = await writeSafetensors(PLAN, toFolder(path), SHARDED);
  expect(readdirSync(path).sort()).toEqual([...written.files].sort());
  for (const [name, bytes] of files) expect(Buffer.compare(readFileSync(join(path, name)), bytes)).toBe(0);
});

describe("after a failure", () => {
  test("no file is left, nor a folder that was made", async () => {
    const fail = (path: string) => writeSafetensors(FAILING, toFolder(path), { dtype: "float16", shardBytes: 128 });
    await expect(fail(join(folder, "some", "model"))).rejects.toThrow('tensor "c"');
    expect(existsSync(join(folder, "some"))).toBe(false);
    await expect(fail(folder)).rejects.toThrow('tensor "c"');
    expect(readdirSync(folder)).toEqual([]);
  });

  test("a file that could not be named takes those before it away", async () => {
    const last = "model.safetensors.index.json";
    mkdirSync(join(folder, last, "x"), { recursive: true });
    const run = writeSafetensors(PLAN, toFolder(folder, { overwrite: true }), SHARDED);
    await expect(run).rejects.toThrow(`toFolder: can't name ${last} in ${folder}: `);
    await expect(run).rejects.toThrow(IdinitError);
    expect(readdirSync(folder)).toEqual([last]);
  });

  test("a signal in the middle leaves nothing", async () => {
    const controller = new AbortController();
    const sink = toFolder(folder);
    const counting = {
      ...sink,
      open(name: string) {
        if (name.includes("00002")) controller.abort(new Error("stop"));
        return sink.open(name);
      },
    };
    await expect(writeSafetensors(PLAN, counting, { ...SHARDED, signal: controller.signal })).rejects.toThrow("stop");
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("what was there", () => {
  test("stays, and is an error, unless it may be replaced", async () => {
    const path = join(folder, "model.safetensors");
    writeFileSync(path, "precious");
    await expect(writeSafetensors(PLAN, toFolder(folder))).rejects.toThrow(
      `toFolder: model.safetensors is in ${folder} already; pass overwrite: true to replace it`,
    );
    expect(readFileSync(path, "utf8")).toBe("precious");
    expect(readdirSync(folder)).toEqual(["model.safetensors"]);
    await writeSafetensors(PLAN, toFolder(folder, { overwrite: true }));
    expect(readFileSync(path).length).toBeGreaterThan(1000);
  });

  test("an index of other shards is found before a byte is written", async () => {
    writeFileSync(join(folder, "model.safetensors.index.json"), "{}");
    const { open, ...rest } = toFolder(folder);
    const opened: string[] = [];
    const sink = {
      ...rest,
      open(name: string) {
        opened.push(name);
        return open(name);
      },
    };
    await expect(writeSafetensors(PLAN, sink, SHARDED)).rejects.toThrow("model.safetensors.index.json is in");
    expect(opened).toEqual([]);
    expect(readdirSync(folder)).toEqual(["model.safetensors.index.json"]);
  });

  test("stays when the replacement fails", async () => {
    const path = join(folder, "model.safetensors");
    writeFileSync(path, "precious");
    const run = writeSafetensors(FAILING, toFolder(folder, { overwrite: true }), { dtype: "float16" });
    await expect(run).rejects.toThrow('tensor "c"');
    expect(readFileSync(path, "utf8")).toBe("precious");
    expect(readdirSync(folder)).toEqual(["model.safetensors"]);
  });
});

describe("places that can't be written to", () => {
  test("too little room: said before anything is made", async () => {
    const plan = planList([{ name: "vast", shape: [2 ** 28, 2 ** 20], role: "hidden" }]);
    const run = writeSafetensors(plan, toFolder(join(folder, "model")), { shardBytes: 1e18 });
    await expect(run).rejects.toThrow(/toFolder: .*model needs room for 11258999068\d+ bytes, there are \d+/);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("a file where the folder should be", async () => {
    const path = join(folder, "file");
    writeFileSync(path, "");
    const run = writeSafetensors(PLAN, toFolder(path));
    await expect(run).rejects.toThrow(`toFolder: can't make folder ${path}: EEXIST`);
    await expect(run).rejects.toThrow(IdinitError);
  });

  test.skipIf(process.platform === "win32" || process.getuid?.() === 0)(
    "a read-only folder (skipped for root)",
    async () => {
      chmodSync(folder, 0o555);
      await expect(writeSafetensors(PLAN, toFolder(folder))).rejects.toThrow("toFolder: can't write model.safetensors");
    },
  );

  test.skipIf(!existsSync("/proc/self"))("a file system that takes no files (skipped without /proc)", async () => {
    await expect(writeSafetensors(PLAN, toFolder("/proc/self"))).rejects.toThrow(/toFolder: /);
  });
});
