export type { Adapter } from "./adapter.js";
export { IdinitError } from "./errors.js";
export type { Activation, Graph, GraphNode, Op, Parameter, ParameterUse, Slot } from "./graph/graph.js";
export type { BranchPlace, Role, Site } from "./graph/site.js";
export type { GenerateOptions, Initializer, Json } from "./initializer.js";
export type { Layout } from "./layout.js";
export type { Pick, Scheme } from "./schemes/scheme.js";
