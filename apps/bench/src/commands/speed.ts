/** `speed`: times training steps. */
import type { EngineName } from "../engines/index.js";
import { formatSpeed, runSpeed, type SpeedOptions, type WorkloadName } from "../speed/index.js";

/** The options as commander gives them. */
export interface SpeedCommandOptions {
  readonly architecture?: string;
  readonly batch?: number;
  readonly steps?: number;
  readonly threads?: number;
  readonly engine?: readonly EngineName[];
  readonly pytorch: boolean;
  readonly json?: true;
}

/** The text to print; progress goes to stderr. */
export async function speed({ json, engine, architecture, ...rest }: SpeedCommandOptions): Promise<string> {
  const options: SpeedOptions = {
    ...rest,
    ...(engine && { engines: engine }),
    // An unknown name is runSpeed's own error, which lists the known ones.
    ...(architecture !== undefined && { architecture: architecture as WorkloadName }),
    onProgress: (line) => console.error(line),
  };
  const result = await runSpeed(options);
  return json ? JSON.stringify(result, null, 2) : formatSpeed(result);
}
