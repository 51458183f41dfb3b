export { formatSpeed } from "./formatSpeed.js";
export { markdownSpeed } from "./markdownSpeed.js";
export { runSpeed, type SpeedOptions } from "./runSpeed.js";
export { readSpeedResults, type SpeedEntry, type SpeedResult } from "./speedResult.js";
export { formatThroughput } from "./throughput/formatThroughput.js";
export { runThroughput, type ThroughputOptions } from "./throughput/runThroughput.js";
export { type WorkloadName, workloadNames } from "./workload.js";
