/** What computes runs that need no engine. */
import type { Framework } from "../records.js";

/** What stands in the place of an engine's name. */
export const REFERENCE = "reference";

/** Plain code of this bench, in double precision. */
export const referenceFramework: Framework = { framework: "this bench", version: "float64", device: "cpu" };
