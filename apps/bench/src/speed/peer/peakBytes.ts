/** Peak memory of a process, as the system counts it. */
import { readFileSync } from "node:fs";

/**
 * The most resident memory that a process has had, in bytes: `VmHWM` of Linux; `undefined` on other systems, and where
 * there is no such process.
 *
 * Not `ru_maxrss` of getrusage: that one counts what the process was before it became this program, its parent included.
 */
export function peakBytes(pid: number | undefined): number | undefined {
  try {
    const kibibytes = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kibibytes === undefined ? undefined : 1024 * Number(kibibytes);
  } catch {
    return undefined; // Another system, or the process is gone.
  }
}
