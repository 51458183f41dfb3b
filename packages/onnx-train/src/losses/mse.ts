/** Mean squared error. */
import { countAlong, range, reduce } from "../compose.js";
import { OnnxTrainError } from "../errors.js";
import type { Loss } from "./loss.js";

/**
 * loss = mean over all elements of (y - target)^2; gradient = 2 (y - target) / elements. The target has the output's shape.
 *
 * @example createTrainer(bytes, { ort, loss: mse(), optimizer: sgd({ lr: 0.1 }) })
 */
export function mse(): Loss {
  return {
    name: "mse",
    params: {},
    target: (dims) => ({ name: "target", type: "float32", dims }),
    checkTarget(values) {
      for (let i = 0; i < values.length; i++) {
        if (!Number.isFinite(values[i]))
          throw new OnnxTrainError(`"target" should hold finite numbers, got ${values[i]} at index ${i}`);
      }
    },
    build(g, output, target) {
      const axes = range(g.dimsOf(output).length);
      const difference = g.op("Sub", [output, target]);
      const square = g.op("Mul", [difference, difference]);
      const count = () => countAlong(g, output, axes);
      return {
        loss: reduce(g, "ReduceMean", square, axes, 0),
        gradient: () => g.op("Div", [g.op("Mul", [difference, g.scalar(2, output)]), count()]),
        count,
      };
    },
  };
}
