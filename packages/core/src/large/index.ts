/** Weights of models larger than memory: plans, streams of tensors, sharded files. @packageDocumentation */
export { type InitializerRecord, initializerOf } from "./initializerOf.js";
export type { WorkerAnswer, WorkerJob, WorkerRequest } from "./job.js";
export type { WeightDtype } from "./makePiece.js";
export { type PlanGraphOptions, planGraph } from "./planGraph.js";
export { type ListEntry, type PlanListOptions, planList } from "./planList.js";
export { createPool, type WorkerEvents, type WorkerHandle, type WorkerPool } from "./pool.js";
export type { Cancel } from "./produce.js";
export { createServer } from "./serve.js";
export type { Sink, SinkFile } from "./sink.js";
export { type StreamOptions, streamTensors, type TensorPiece } from "./streamTensors.js";
export type { PlannedTensor, WeightPlan } from "./weightPlan.js";
export { type WriteSafetensorsOptions, type WrittenFiles, writeSafetensors } from "./writeSafetensors.js";
