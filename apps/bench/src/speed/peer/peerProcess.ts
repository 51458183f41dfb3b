/** A process of its own for each contender, asked line by line: its memory is its own, and what it does to itself stays there. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { IdinitError } from "@idinit/core";
import { peakBytes } from "./peakBytes.js";

export interface PeerProcess {
  /**
   * Sends one line and reads the answer, a line of JSON.
   *
   * @throws IdinitError when the answer has a field `failed`, is no JSON, or the process has ended; with its last words.
   */
  ask<T>(line: string): Promise<T>;
  /** As {@link peakBytes}, of this process. */
  peakBytes(): number | undefined;
  /** Ends the process and waits until it has. */
  close(): Promise<void>;
}

/** Starts a program; `name` begins the messages of errors, `environment` is added to that of this process. */
export function peerProcess(
  name: string,
  command: string,
  parameters: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): PeerProcess {
  const child = spawn(command, parameters, {
    env: { ...process.env, ...environment },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors = (errors + text).slice(-2000);
  });
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => resolve(lastWords(errors, signal, code)));
  });
  // A broken pipe shows as an early end.
  child.stdin.on("error", () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask<T>(line: string): Promise<T> {
      child.stdin.write(`${line}\n`);
      const answer = await lines.next();
      if (answer.done) throw new IdinitError(`${name}: the process ended early: ${await ended}`);
      const value = parse(name, answer.value);
      if (value.failed !== undefined) throw new IdinitError(`${name}: ${value.failed}`);
      return value as T;
    },
    peakBytes: () => peakBytes(child.pid),
    async close() {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      // It holds nothing that needs tidying up, and may be in the middle of a long step.
      child.kill();
      await once(child, "exit");
    },
  };
}

function parse(name: string, line: string): { readonly failed?: string } {
  try {
    return JSON.parse(line) as { readonly failed?: string };
  } catch {
    throw new IdinitError(`${name}: expected a line of JSON, got "${line.slice(0, 200)}"`);
  }
}

/** A signal says more than a warning that was printed before it came. */
function lastWords(errors: string, signal: string | null, code: number | null): string {
  const line = errors.trim().split("\n").at(-1);
  if (signal !== null) return `by ${signal}${line ? `, after "${line}"` : ""}`;
  return line || `by exit code ${code}`;
}
