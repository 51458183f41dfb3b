export type { ConformanceCase } from "./case.js";
export { type Check, checks } from "./checks.js";
export { conformance } from "./conformance.js";
