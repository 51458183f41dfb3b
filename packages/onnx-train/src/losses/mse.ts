/** Mean squared error. */
import { countAlong, range, reduce } from "../compose.js";
import type { Loss } from "./loss.js";

/** loss = mean over all elements of (y - target)^2; gradient = 2 (y - target) / elements. The target has the output's shape. */
export const meanSquaredError: Loss = {
  name: "mse",
  targetType: "float32",
  targetDims: (output) => output,
  build(g, output, target) {
    const axes = range(g.dimsOf(output).length);
    const difference = g.op("Sub", [output, target]);
    const square = g.op("Mul", [difference, difference]);
    return {
      loss: reduce(g, "ReduceMean", square, axes, 0),
      gradient: () => {
        const doubled = g.op("Mul", [difference, g.scalar(2, output)]);
        return g.op("Div", [doubled, countAlong(g, output, axes)]);
      },
    };
  },
};
