/** Weights of whole networks: from a graph and a scheme, with roles that are told from the structure. @packageDocumentation */
export type { Adapter } from "./adapter.js";
export {
  type Graph,
  type GraphNode,
  OPS,
  type Op,
  type Parameter,
  type ParameterUse,
  SLOTS,
  type Slot,
} from "./graph/graph.js";
export { inferRoles, type RoleOptions } from "./graph/roles.js";
export { validate } from "./graph/validate.js";
export { type InitializeModelOptions, type InitializeOptions, initialize, initializeModel } from "./initialize.js";
export { formatInspection, type Inspection, inspect, inspectModel } from "./inspect.js";
export { type LsuvLayer, type LsuvOptions, type LsuvResult, lsuv } from "./lsuv.js";
export type { PlanOptions } from "./plan.js";
export { missingRequirements } from "./schemes/missing.js";
export type { Missing } from "./schemes/requirement.js";
