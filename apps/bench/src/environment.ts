/** Where and with what something ran, for records. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, platform, release, totalmem } from "node:os";
import { promisify } from "node:util";

export interface Environment {
  readonly bench: string;
  /** Arguments of the command line. */
  readonly command: readonly string[];
  /** Of the checkout, with `+` behind it where files were changed; absent outside a git checkout. */
  readonly commit?: string;
  readonly node: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  /** Main memory in GiB. */
  readonly memory: number;
}

/** Asks the machine. */
export async function readEnvironment(): Promise<Environment> {
  const commit = await readCommit();
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string };
  return {
    bench: manifest.version,
    command: process.argv.slice(2),
    ...(commit === undefined ? {} : { commit }),
    node: process.version,
    platform: `${platform()} ${process.arch} ${release()}`,
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    memory: Math.round(totalmem() / 2 ** 30),
  };
}

async function readCommit(): Promise<string | undefined> {
  const git = async (...parameters: string[]) =>
    (await promisify(execFile)("git", parameters, { cwd: new URL(".", import.meta.url) })).stdout.trim();
  try {
    const commit = await git("rev-parse", "--short=12", "HEAD");
    return (await git("status", "--porcelain", "--untracked-files=no")) === "" ? commit : `${commit}+`;
  } catch {
    return undefined; // No git, or no checkout: the record simply lacks it.
  }
}
