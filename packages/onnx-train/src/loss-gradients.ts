/** Forward pass, loss and backward pass: the part that every training graph has. */
import type { OnnxNode } from "@idinit/onnx";
import { buildBackward } from "./backward.js";
import { OnnxTrainError } from "./errors.js";
import { buildForward, type Forward } from "./forward.js";
import { frozenNorms } from "./frozen-norms.js";
import { defaultForms } from "./gradients/forms.js";
import { lossOf } from "./losses/index.js";
import { logitsBehind } from "./losses/logits.js";
import { addLossScale } from "./mixed/loss-scaling.js";
import { withGelus } from "./model/gelu.js";
import type { PreparedModel } from "./model/prepare.js";
import { Problems } from "./model/problems.js";
import { blockingNodes, chooseTrainable, gradientPath, influences, type Trainable } from "./model/trainable.js";
import { whyUnsupported } from "./model/unsupported.js";
import type { Gradient } from "./optimizers/apply.js";
import { TrainingGraph } from "./training-graph.js";
import type { StateTensor, TrainingModelInfo, TrainingModelOptions } from "./training-model.js";

export interface Differentiated {
  readonly g: TrainingGraph;
  /** Scalar. */
  readonly loss: string;
  /** Adds the number of values that the loss is the mean of. */
  count(): string;
  readonly gradients: readonly Gradient[];
  /** New running statistics: name of the initializer to name of the value. */
  readonly running: Forward["running"];
  /** What the loss was multiplied by on the way back, in mixed precision; the gradients are divided by it already. */
  readonly lossScale: StateTensor | undefined;
  readonly info: Omit<TrainingModelInfo, "scalars" | "state" | "gradients" | "gradientNorm" | "scaling">;
}

/** @throws OnnxTrainError for nothing to train, and operators without a gradient (all of them are named). */
export function differentiate(prepared: PreparedModel, options: TrainingModelOptions): Differentiated {
  const loss = lossOf(options.loss);
  const result = outputOf(prepared, loss.output ?? options.output);
  const output = logitsBehind(prepared, result, loss) ?? result;
  const parameters = chooseTrainable(prepared, output, options.trainable);
  const { model, tensors } = prepared;
  const problems = new Problems();
  const given = gradientPath(model.graph.nodes, output, parameters);
  const frozen = frozenNorms(prepared, { parameters, path: given }, options.batchNorm);
  for (const node of blockingNodes(model.graph.nodes, given)) problems.add(node, whyUnsupported(node));

  const g = new TrainingGraph(prepared.opset, model.irVersion, "training");
  const forward = buildForward(g, prepared, { parameters, path: given, frozen, problems }, options);
  const path = gradientPath(forward.nodes, output, parameters);
  const used = withoutBranchesNotTaken(forward.nodes, output, parameters, options.trainable);
  if (!problems.any && used.length < parameters.length) return differentiate(prepared, { ...options, trainable: used });
  const results = new Set(model.graph.outputs.map(({ name }) => name));
  const nodes = withGelus(forward.nodes, results, (value) => g.constantOf(value));
  const { channelBlock = 0 } = options;
  const way = { nodes, path, output, forms: { ...defaultForms, ...options.forms }, channelBlock, problems };
  // With problems found, the way back is gone for more of them only: it ends in the error that lists all.
  if (problems.any) buildBackward(g, { ...way, gradient: output });
  const outputDims = g.dimsOf(output);
  const target = loss.target(outputDims);
  const values = loss.build(g, output, target && g.input(target.name, target.type, target.dims));
  const lossScale = addLossScale(g, options);
  const times = (value: string, factor: string | undefined) => (factor ? g.op("Mul", [value, factor]) : value);
  const gradientOf = buildBackward(g, { ...way, gradient: times(values.gradient(), lossScale?.input) });
  const inverse = lossScale && g.op("Reciprocal", [lossScale.input]);
  const inputs = new Map(model.graph.inputs.map(({ name }) => [name, g.dimsOf(name)]));
  return {
    g,
    loss: values.loss,
    count: values.count,
    gradients: parameters.map((name) => ({
      name,
      dims: tensors.get(name)!.dims,
      gradient: times(gradientOf(name)!, inverse),
    })),
    running: forward.running,
    lossScale,
    info: {
      loss: values.loss,
      inputs,
      ...(target && { target }),
      ...(forward.seed && { seed: forward.seed }),
      output: { name: result, dims: outputDims },
    },
  };
}

/** The parameters that are read where branches that are not taken are gone. @throws OnnxTrainError for one that is named. */
function withoutBranchesNotTaken(
  nodes: readonly OnnxNode[],
  output: string,
  parameters: readonly string[],
  choice: Trainable | undefined,
): readonly string[] {
  const read = influences(nodes, output);
  const lost = parameters.find((name) => !read.has(name));
  if (lost !== undefined && typeof choice === "object")
    throw new OnnxTrainError(`trainable: no gradient reaches "${lost}", it is read in branches not taken or by steps`);
  return parameters.filter((name) => read.has(name));
}

/** The output that a loss takes. @throws OnnxTrainError where there are several and none is named. */
export function outputOf({ model }: PreparedModel, wanted: string | undefined): string {
  const names = model.graph.outputs.map(({ name }) => name);
  if (wanted === undefined && names.length === 1) return names[0]!;
  if (wanted !== undefined && names.includes(wanted)) return wanted;
  const asked = wanted === undefined ? "none is named" : `"${wanted}" is not among them`;
  throw new OnnxTrainError(`output: the model has ${names.length} outputs (${names.join(", ")}), ${asked}`);
}
