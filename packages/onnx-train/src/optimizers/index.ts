/** The optimizers by name, for making one anew from its parameters. */
import { OnnxTrainError } from "../errors.js";
import { adadelta } from "./adadelta.js";
import { adagrad } from "./adagrad.js";
import { adam } from "./adam.js";
import { adamw } from "./adamw.js";
import { lion } from "./lion.js";
import type { Decay, Optimizer, OptimizerName } from "./optimizer.js";
import { rmsprop } from "./rmsprop.js";
import { sgd } from "./sgd.js";

type Factory = (options: Readonly<Record<string, unknown>>) => Optimizer;

const OPTIMIZERS = { sgd, adam, adamw, rmsprop, adagrad, adadelta, lion } as unknown as Readonly<
  Record<OptimizerName, Factory>
>;

/** The optimizer of these parameters, as its `name` and `params` give them. @throws OnnxTrainError for another name. */
export function makeOptimizer(name: OptimizerName, params: Optimizer["params"], decay: Decay | undefined): Optimizer {
  if (!Object.hasOwn(OPTIMIZERS, name)) {
    throw new OnnxTrainError(`optimizer must be one of ${Object.keys(OPTIMIZERS).join(", ")}, got "${name}"`);
  }
  return OPTIMIZERS[name]({ ...params, ...(decay && { decay }) });
}
