/** Mean cross-entropy of the softmax of the logits. */
import { countAlong, mask, range, reduce } from "../compose.js";
import { OnnxTrainError } from "../errors.js";
import type { Loss } from "./loss.js";

/**
 * loss = mean over samples of (log sum_j exp(z_j) - z_target), with z shifted by its maximum, so that nothing overflows;
 * gradient = (softmax(z) - onehot(target)) / samples. Logits `[..., classes]`, target int32 `[...]`.
 */
export const softmaxCrossEntropy: Loss = {
  name: "softmax-cross-entropy",
  targetType: "int32",
  targetDims: (output) => output.slice(0, -1),
  build(g, output, target) {
    const dims = g.dimsOf(output);
    const last = dims.length - 1;
    const classes = dims[last];
    if (dims.length < 2 || typeof classes !== "number") {
      throw new OnnxTrainError(
        `softmax-cross-entropy needs logits [batch, ..., classes], "${output}" is [${dims.join(", ")}]`,
      );
    }
    const shifted = g.op("Sub", [output, reduce(g, "ReduceMax", output, [last], 1)]);
    const exp = g.op("Exp", [shifted]);
    const total = reduce(g, "ReduceSum", exp, [last], 1);
    const hit = g.op("Equal", [g.op("Unsqueeze", [target, g.ints([-1])]), g.int32s(range(classes))]);
    // Where, not a product: a logit of -infinity for another class must not make 0 times infinity.
    const distance = g.op("Sub", [g.op("Log", [total]), shifted]);
    const picked = g.op("Where", [hit, distance, g.scalar(0, output)]);
    const perSample = reduce(g, "ReduceSum", picked, [last], 0);
    return {
      loss: reduce(g, "ReduceMean", perSample, range(last), 0),
      gradient() {
        const onehot = mask(g, hit, output);
        const difference = g.op("Sub", [g.op("Div", [exp, total]), onehot]);
        return g.op("Div", [difference, countAlong(g, output, range(last))]);
      },
    };
  },
};
