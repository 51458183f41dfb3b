/** What an analysis says about a parameter. */
import type { Role } from "../site.js";

/** A role and why. */
export interface Finding {
  readonly role: Role;
  /** One sentence without a full stop. */
  readonly reason: string;
  /** Equal blocks along out to be initialized each by itself, where the analysis found them. */
  readonly parts?: number;
}

/** Findings by parameter name. */
export type Findings = ReadonlyMap<string, Finding>;

/** A name in quotes, for reasons. */
export function quote(name: string): string {
  return JSON.stringify(name);
}
