/** Where and how the runs were made, without repetitions. */
import type { Run } from "../runs.js";

/** Pairs of name and value. */
export type Facts = readonly (readonly [name: string, value: string])[];

export interface EnvironmentFacts {
  /** One list for each machine, system and version of the bench. */
  readonly environments: readonly Facts[];
  /** Each engine's framework, version and device. */
  readonly frameworks: Facts;
  /** Command lines that make the records again; folders are the reader's own. */
  readonly commands: readonly string[];
}

export function environmentFacts(runs: readonly Run[]): EnvironmentFacts {
  return {
    environments: unique(
      runs.map(
        ({ start: { environment: e } }): Facts => [
          ["processor", `${e.cpu}, ${e.cores} cores, ${e.memory} GiB memory`],
          ["system", `${e.platform}, Node ${e.node}`],
          ["bench", `${e.bench}${e.commit === undefined ? "" : `, commit ${e.commit}`}`],
        ],
      ),
    ),
    frameworks: unique(
      runs.map(
        ({ start: { engine, framework } }) =>
          [engine, `${framework.framework} ${framework.version}, ${framework.device}`] as const,
      ),
    ),
    commands: unique(
      runs.map(({ start }) => `npx idinit-bench ${withoutFolders(start.environment.command).join(" ")}`),
    ),
  };
}

/** `--out` changes no result and `--resume` only what was left to do; where the data lie differs from reader to reader. */
function withoutFolders(words: readonly string[]): string[] {
  return words.flatMap((word, i) => {
    if (word === "--out" || words[i - 1] === "--out" || word.startsWith("--out=") || word === "--resume") return [];
    if (words[i - 1] === "--data") return ["DIR"];
    return word.startsWith("--data=") ? ["--data DIR"] : [word];
  });
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}
