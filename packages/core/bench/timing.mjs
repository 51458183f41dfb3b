// Timing: the least of several rounds, because everything that disturbs a measurement makes it longer. The processor's time and not the
// clock's: it is the same for one thread, but does not count the turns of other programs on a busy machine.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

// What earlier runs left is freed before a run begins, and on this thread: else whoever comes next pays for it. Compiled code is kept.
for (const flag of ["--expose-gc", "--no-concurrent-array-buffer-sweeping", "--no-flush-bytecode"])
  setFlagsFromString(flag);
const collectGarbage = runInNewContext("gc");

/** Seconds of one run. */
export function time(run) {
  collectGarbage();
  const start = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

/** Least seconds of `rounds` runs. */
export function best(run, rounds) {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) least = Math.min(least, time(run));
  return least;
}

/** Least seconds of each case. Cases take turns, so that a slow spell of the machine meets all of them. */
export function bestOfAll(cases, rounds) {
  const least = {};
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(cases))
      least[name] = Math.min(least[name] ?? Number.POSITIVE_INFINITY, time(run));
  }
  return least;
}
