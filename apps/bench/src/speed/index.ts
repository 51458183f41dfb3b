export { formatSpeed } from "./formatSpeed.js";
export { runSpeed, type SpeedEntry, type SpeedOptions, type SpeedResult } from "./runSpeed.js";
export type { WorkloadName } from "./workload.js";
