/** One plain ONNX graph for a training step: forward, loss, backward, optimizer. */
import { encodeModel, type OnnxModel } from "@idinit/onnx";
import { buildBackward } from "./backward.js";
import { OnnxTrainError } from "./errors.js";
import { buildForward, type ForwardOptions } from "./forward.js";
import { defaultForms, type Forms } from "./gradients/forms.js";
import { lossOf } from "./losses/index.js";
import type { LossName } from "./losses/loss.js";
import { type PreparedModel, prepareModel } from "./model/prepare.js";
import { chooseTrainable, gradientPath, type Trainable } from "./model/trainable.js";
import type { Optimizer } from "./optimizers/optimizer.js";
import type { Dim } from "./shapes/dims.js";
import { TrainingGraph } from "./training-graph.js";

export interface TrainingModelOptions extends ForwardOptions {
  readonly loss: LossName;
  /** Without one the graph gives gradients and updates nothing. */
  readonly optimizer?: Optimizer | undefined;
  /** Default: every float32 initializer of rank 1 or more that the loss depends on, but running statistics. */
  readonly trainable?: Trainable | undefined;
  /** The output that the loss takes. Default: the only one. */
  readonly output?: string | undefined;
  readonly forms?: Partial<Forms> | undefined;
}

/** A tensor that a step reads under `input` and gives anew under `output`. */
export interface StateTensor {
  readonly input: string;
  readonly output: string;
  readonly dims: readonly number[];
  readonly kind: "parameter" | "running" | "slot";
}

export interface TrainingModelInfo {
  readonly loss: string;
  /** Inputs of the given model with their shapes. */
  readonly inputs: ReadonlyMap<string, readonly Dim[]>;
  readonly target: { readonly name: "target"; readonly type: "int32" | "float32"; readonly dims: readonly Dim[] };
  /** The output that the loss takes. */
  readonly output: { readonly name: string; readonly dims: readonly Dim[] };
  /** float32 scalars that a step feeds. */
  readonly scalars: readonly string[];
  readonly state: readonly StateTensor[];
  /** Parameter to gradient, where the graph has no optimizer. */
  readonly gradients: ReadonlyMap<string, string>;
}

export interface TrainingModel {
  readonly bytes: Uint8Array;
  readonly info: TrainingModelInfo;
}

/** The output that a loss takes. @throws OnnxTrainError where there are several and none is named. */
function outputOf({ model }: PreparedModel, wanted: string | undefined): string {
  const names = model.graph.outputs.map(({ name }) => name);
  if (wanted === undefined && names.length === 1) return names[0]!;
  if (wanted !== undefined && names.includes(wanted)) return wanted;
  const asked = wanted === undefined ? "none is named" : `"${wanted}" is not among them`;
  throw new OnnxTrainError(`output: the model has ${names.length} outputs (${names.join(", ")}), ${asked}`);
}

/**
 * Builds the training graph of a model. A pure function: no onnxruntime takes part.
 *
 * Inputs: those of the model, `target`, the scalars, and the state (parameters, running statistics, optimizer slots
 * `<parameter>/<slot>`). Outputs: the loss, and the new state, or without an optimizer the gradients.
 *
 * @throws OnnxTrainError for opsets outside 13 to 21, nothing to train, and operators without a gradient on the way
 *   from a parameter to the loss (all of them are named).
 */
export function buildTrainingModel(given: Uint8Array | OnnxModel, options: TrainingModelOptions): TrainingModel {
  return assemble(prepareModel(given), options);
}

/** As {@link buildTrainingModel}, from a prepared model. */
export function assemble(prepared: PreparedModel, options: TrainingModelOptions): TrainingModel {
  const { optimizer } = options;
  const loss = lossOf(options.loss);
  const output = outputOf(prepared, options.output);
  const parameters = chooseTrainable(prepared, output, options.trainable);
  const { model, tensors } = prepared;
  const path = gradientPath(model.graph.nodes, output, parameters);

  const g = new TrainingGraph(prepared.opset, model.irVersion, "training");
  const forward = buildForward(g, prepared, parameters, options);
  const outputDims = g.dimsOf(output);
  const target = g.input("target", loss.targetType, loss.targetDims(outputDims));
  const values = loss.build(g, output, target);
  const forms = { ...defaultForms, ...options.forms };
  const gradientOf = buildBackward(g, { nodes: forward.nodes, path, output, gradient: values.gradient(), forms });
  const gradients = new Map(parameters.map((name) => [name, gradientOf(name)!]));

  const state: StateTensor[] = [];
  const give = (value: string, dims: readonly Dim[]) => g.builder.output(value, "float32", dims);
  give(values.loss, []);
  const scalarNames = optimizer ? Object.keys(optimizer.scalars(1, optimizer.lr)) : [];
  if (optimizer) {
    const scalars = Object.fromEntries(scalarNames.map((name) => [name, g.input(name, "float32", [])]));
    for (const [name, gradient] of gradients) {
      const dims = tensors.get(name)!.dims;
      const slots = optimizer.slots.map((slot) => g.input(`${name}/${slot}`, "float32", dims));
      const decays = optimizer.decay?.(name, dims) ?? true;
      const next = optimizer.update(g, { parameter: name, gradient, slots, scalars, decays });
      state.push({ input: name, output: next.parameter, dims, kind: "parameter" });
      for (const [i, value] of next.slots.entries())
        state.push({ input: slots[i]!, output: value, dims, kind: "slot" });
    }
    for (const [name, value] of forward.running) {
      state.push({ input: name, output: value, dims: tensors.get(name)!.dims, kind: "running" });
    }
    for (const { output: value, dims } of state) give(value, dims);
  } else {
    for (const [name, value] of gradients) give(value, tensors.get(name)!.dims);
    for (const name of [...parameters, ...forward.running.keys()]) {
      const kind = forward.running.has(name) ? "running" : "parameter";
      state.push({ input: name, output: "", dims: tensors.get(name)!.dims, kind });
    }
  }
  const built = g.builder.build();
  const bytes = encodeModel({
    ...built,
    opsetImports: model.opsetImports,
    ...(model.functions && { functions: model.functions }),
  });
  const info: TrainingModelInfo = {
    loss: values.loss,
    inputs: new Map(model.graph.inputs.map(({ name }) => [name, g.dimsOf(name)])),
    target: { name: "target", type: loss.targetType, dims: g.dimsOf(target) },
    output: { name: output, dims: outputDims },
    scalars: scalarNames,
    state,
    gradients: optimizer ? new Map() : gradients,
  };
  return { bytes, info };
}
