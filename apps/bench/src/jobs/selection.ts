/** What the command line chose; whatever is absent is left to the preset. */
import type { SchemeName } from "@idinit/core";
import type { EngineName } from "../engines/engine.js";

export interface Selection {
  /** Folder with data files; absent: the embedded data. */
  readonly directory?: string;
  readonly engines?: readonly EngineName[];
  readonly schemes?: readonly SchemeName[];
  readonly seeds?: readonly number[];
  readonly epochs?: number;
  readonly depth?: number;
  readonly trainExamples?: number;
  readonly threads: number;
}
