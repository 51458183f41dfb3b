/** A WebGPU adapter as the bench sees it. */

/** Which adapters will do. Software ones compute right and slowly: they are for checks. */
export type AdapterChoice = "hardware" | "software" | "any";

export interface Adapter {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  /** The driver's own words. */
  readonly description: string;
  /** Whether it computes on the CPU. */
  readonly software: boolean;
  readonly features: readonly string[];
  /** In bytes, but for the last. */
  readonly limits: {
    readonly maxBufferSize: number;
    readonly maxStorageBufferBindingSize: number;
    readonly maxComputeWorkgroupStorageSize: number;
    readonly maxComputeInvocationsPerWorkgroup: number;
  };
  /** The Vulkan driver file that has to be asked for by name; absent where the system's own choice is this adapter. */
  readonly driver?: string;
}

/** What is missing and what would help. */
export interface NoAdapter {
  readonly reason: string;
  readonly fix: string;
}

export type AdapterSearch = { readonly adapter: Adapter } | NoAdapter;

/** Software adapters are taken only where the environment says so. */
export function adapterChoice(environment: NodeJS.ProcessEnv = process.env): AdapterChoice {
  return environment.IDINIT_SOFTWARE_GPU ? "any" : "hardware";
}

/** The adapter's name for people. */
export function nameOf({ vendor, architecture, description, device }: Adapter): string {
  return [vendor, architecture, description || device].filter(Boolean).join(" ");
}
