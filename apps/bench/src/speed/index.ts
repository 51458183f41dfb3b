export { formatSpeed } from "./formatSpeed.js";
export { markdownSpeed } from "./markdownSpeed.js";
export { runSpeed, type SpeedEntry, type SpeedOptions, type SpeedResult } from "./runSpeed.js";
export { formatThroughput } from "./throughput/formatThroughput.js";
export { runThroughput, type ThroughputOptions } from "./throughput/runThroughput.js";
export { type WorkloadName, workloadNames } from "./workload.js";
