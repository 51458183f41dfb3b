/** Mean cross-entropy of the softmax of the logits. */
import { checkNames } from "../checks.js";
import { countAlong, mask, range, reduce } from "../compose.js";
import { OnnxTrainError } from "../errors.js";
import { axisOf, type Dim } from "../shapes/dims.js";
import type { TrainingGraph } from "../training-graph.js";
import type { Loss } from "./loss.js";

/** Options of {@link softmaxCrossEntropy}. */
export interface SoftmaxCrossEntropyOptions {
  /** The axis of the classes, counted from the end where negative. Default -1; PyTorch's convention is 1. */
  readonly classAxis?: number;
  /** `"indices"`: a class index for each sample; `"probabilities"`: weights of all classes. Default `"indices"`. */
  readonly targets?: "indices" | "probabilities";
  /** The part of each target that is spread evenly over all classes, in [0, 1). Default 0. */
  readonly labelSmoothing?: number;
  /** An index that marks samples to leave out of the mean, such as -100. Default: none. */
  readonly ignoreIndex?: number;
}

/**
 * loss = mean over samples of -sum_j t_j log softmax(z)_j, by log-sum-exp with z shifted by its maximum, so that nothing
 * overflows; gradient = (softmax(z) sum_j t_j - t) / samples. t is the one-hot target or the given probabilities,
 * with label smoothing (1 - e) t + e / classes. Logits `[batch, ...]` with classes at `classAxis`; class indices are int32 of
 * that shape without the axis, probabilities float32 of that shape. Equals PyTorch's `cross_entropy`.
 *
 * @throws OnnxTrainError for options outside their ranges, and an ignored index beside probabilities.
 * @example softmaxCrossEntropy({ classAxis: 1, ignoreIndex: 255 }) // segmentation: logits [batch, classes, height, width]
 */
export function softmaxCrossEntropy(options: SoftmaxCrossEntropyOptions = {}): Loss {
  checkNames("softmax-cross-entropy", options, ["classAxis", "targets", "labelSmoothing", "ignoreIndex"]);
  const { classAxis = -1, targets = "indices", labelSmoothing = 0, ignoreIndex } = options;
  checkOptions(classAxis, targets, labelSmoothing, ignoreIndex);
  const soft = targets === "probabilities";

  const classesOf = (dims: readonly Dim[], name: string): { axis: number; classes: number } => {
    const axis = axisOf(classAxis, dims.length);
    const classes = dims[axis];
    if (dims.length < 2 || typeof classes !== "number") {
      throw new OnnxTrainError(
        `softmax-cross-entropy needs logits [batch, ..., classes] with known classes at axis ${classAxis}, "${name}" is [${dims.join(", ")}]`,
      );
    }
    return { axis, classes };
  };

  return {
    name: "softmax-cross-entropy",
    params: { classAxis, targets, labelSmoothing, ignoreIndex },
    target: (dims) =>
      soft
        ? { name: "target", type: "float32", dims }
        : { name: "target", type: "int32", dims: dims.filter((_, i) => i !== axisOf(classAxis, dims.length)) },
    checkTarget(values, dims) {
      if (soft) checkProbabilities(values);
      else checkLabels(values, classesOf(dims, "output").classes, ignoreIndex);
    },
    build(g, output, target) {
      const dims = g.dimsOf(output);
      const { axis, classes } = classesOf(dims, output);
      const samples = range(dims.length).filter((i) => i !== axis);
      const shifted = g.op("Sub", [output, reduce(g, "ReduceMax", output, [axis], 1)]);
      const exp = g.op("Exp", [shifted]);
      const total = reduce(g, "ReduceSum", exp, [axis], 1);
      const distance = g.op("Sub", [g.op("Log", [total]), shifted]);
      const part = { g, output, target: target!, axis, classes, distance, labelSmoothing };
      const { each, weights } = soft ? softPart(part) : hardPart(part);
      const kept = ignoreIndex === undefined ? undefined : keptSamples(g, target!, output, ignoreIndex);
      const sampleRange = range(samples.length);
      const count = () => (kept ? reduce(g, "ReduceSum", kept, sampleRange, 0) : countAlong(g, output, samples));
      return {
        loss: kept
          ? // Where, not a product: what is left out may be infinite.
            g.op("Div", [reduce(g, "ReduceSum", onlyKept(g, kept, each), sampleRange, 0), count()])
          : reduce(g, "ReduceMean", each, sampleRange, 0),
        gradient() {
          const softmax = g.op("Div", [exp, total]);
          const own = weights();
          const scaled = soft ? g.op("Mul", [softmax, reduce(g, "ReduceSum", own, [axis], 1)]) : softmax;
          const mean = g.op("Div", [g.op("Sub", [scaled, own]), count()]);
          return kept ? onlyKept(g, g.op("Unsqueeze", [kept, g.ints([axis])]), mean) : mean;
        },
        count,
      };
    },
  };
}

interface Part {
  readonly g: TrainingGraph;
  readonly output: string;
  readonly target: string;
  readonly axis: number;
  readonly classes: number;
  /** -log softmax. */
  readonly distance: string;
  readonly labelSmoothing: number;
}

/** The loss of each sample, and the target as probabilities. */
interface Parts {
  readonly each: string;
  weights(): string;
}

function hardPart({ g, output, target, axis, classes, distance, labelSmoothing }: Part): Parts {
  const inner = g.dimsOf(output).length - 1 - axis;
  const labels = g.int32s(range(classes), [classes, ...new Array<number>(inner).fill(1)]);
  const hit = g.op("Equal", [g.op("Unsqueeze", [target, g.ints([axis])]), labels]);
  // Where, not a product: a logit of -infinity for another class must not make 0 times infinity.
  const picked = g.op("Where", [hit, distance, g.scalar(0, output)]);
  const own = reduce(g, "ReduceSum", picked, [axis], 0);
  if (labelSmoothing === 0) return { each: own, weights: () => mask(g, hit, output) };
  const all = reduce(g, "ReduceSum", distance, [axis], 0);
  const rest = labelSmoothing / classes;
  const each = g.op("Add", [
    g.op("Mul", [own, g.scalar(1 - labelSmoothing, output)]),
    g.op("Mul", [all, g.scalar(rest, output)]),
  ]);
  const weights = () => g.op("Where", [hit, g.scalar(1 - labelSmoothing + rest, output), g.scalar(rest, output)]);
  return { each, weights };
}

function softPart({ g, output, target, axis, classes, distance, labelSmoothing }: Part): Parts {
  const smooth = () => {
    const main = g.op("Mul", [target, g.scalar(1 - labelSmoothing, output)]);
    return g.op("Add", [main, g.scalar(labelSmoothing / classes, output)]);
  };
  const own = labelSmoothing === 0 ? target : smooth();
  return { each: reduce(g, "ReduceSum", g.op("Mul", [own, distance]), [axis], 0), weights: () => own };
}

/** 1 for samples that count, 0 for those to leave out. */
function keptSamples(g: TrainingGraph, target: string, like: string, ignoreIndex: number): string {
  return mask(g, g.op("Not", [g.op("Equal", [target, g.int32s([ignoreIndex], [])])]), like);
}

const onlyKept = (g: TrainingGraph, kept: string, values: string): string =>
  g.op("Where", [g.op("Greater", [kept, g.scalar(0, values)]), values, g.scalar(0, values)]);

function checkOptions(classAxis: number, targets: string, smoothing: number, ignoreIndex: number | undefined): void {
  const fail = (text: string) => {
    throw new OnnxTrainError(`softmax-cross-entropy: ${text}`);
  };
  if (!Number.isInteger(classAxis)) fail(`classAxis must be an integer, got ${classAxis}`);
  if (targets !== "indices" && targets !== "probabilities") {
    fail(`targets must be "indices" or "probabilities", got ${JSON.stringify(targets)}`);
  }
  if (!(smoothing >= 0 && smoothing < 1)) fail(`labelSmoothing must be in [0, 1), got ${smoothing}`);
  if (ignoreIndex === undefined) return;
  if (targets === "probabilities") fail("ignoreIndex needs class indices as targets");
  if (ignoreIndex !== (ignoreIndex | 0)) fail(`ignoreIndex must be a 32-bit integer, got ${ignoreIndex}`);
}

/** @throws OnnxTrainError naming the first class index outside 0 .. classes - 1, and where every sample is left out. */
function checkLabels(labels: ArrayLike<number>, classes: number, ignoreIndex: number | undefined): void {
  let kept = 0;
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (label === ignoreIndex) continue;
    kept++;
    if (label >= 0 && label < classes) continue;
    const or = ignoreIndex === undefined ? "" : ` or ${ignoreIndex}`;
    throw new OnnxTrainError(`"target" should hold class indices 0 to ${classes - 1}${or}, got ${label} at index ${i}`);
  }
  if (kept === 0) throw new OnnxTrainError(`"target" leaves nothing to learn from: every index is ${ignoreIndex}`);
}

/** @throws OnnxTrainError naming the first value that is below 0, infinite or no number. */
function checkProbabilities(values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) {
    if (!(values[i]! >= 0 && values[i]! < Infinity)) {
      throw new OnnxTrainError(`"target" should hold probabilities >= 0, got ${values[i]} at index ${i}`);
    }
  }
}
