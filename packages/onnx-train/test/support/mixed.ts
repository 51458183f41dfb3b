/** Trainers in mixed precision whose products are rounded to float16. */
import type { TrainerOptions } from "../../src/index.js";
import { roundingOrt } from "./float16.js";
import { create } from "./trainers.js";

/** With every batch size known, so that no product stays in float32. */
export const mixed = (model: string, more: Partial<TrainerOptions> = {}) =>
  create(model, { ort: roundingOrt, precision: "mixed", batchSize: { mlp: 9, resnet: 6 }[model] ?? 5, ...more });
