/** `doctor`: what was found on this machine, and the fix for what is missing. */
import { examine } from "../doctor/examine.js";
import { formatExamination } from "../doctor/formatExamination.js";

/** The options as commander gives them. */
export interface DoctorOptions {
  readonly data?: string;
  readonly json?: true;
}

/** The text to print. */
export async function doctor({ data, json }: DoctorOptions): Promise<string> {
  const directory = data ?? (process.env.IDINIT_DATA || undefined);
  const examination = await examine(directory === undefined ? {} : { directory });
  return json ? JSON.stringify(examination, null, 2) : formatExamination(examination);
}
