/** What the command line chose; whatever is absent is left to the preset. */
import type { EngineName } from "../engines/engine.js";

export interface Selection {
  /** Folder with data files; absent: the embedded data. */
  readonly directory?: string;
  readonly engines?: readonly EngineName[];
  /** Of schemes and of contenders that single scenarios have. */
  readonly schemes?: readonly string[];
  readonly seeds?: readonly number[];
  readonly epochs?: number;
  readonly depth?: number;
  readonly trainExamples?: number;
  /** Peak of the schedule. */
  readonly learningRate?: number;
  readonly warmUpEpochs?: number;
  readonly threads: number;
}
