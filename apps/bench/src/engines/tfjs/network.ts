/** Forward and backward passes of a whole network, freeing every value as soon as nothing reads it again. */
import * as tf from "@tensorflow/tfjs-core";
import type { Architecture } from "../../architectures/architecture.js";
import type { LayerContext, LayerGradients, LayerRun } from "./layers/layerRun.js";
import { runLayer } from "./layers/runLayer.js";
import type { ParameterStore } from "./parameterStore.js";
import { type Step, steps } from "./steps.js";

export interface Network {
  /** Logits in evaluation mode. Call inside `tf.tidy`. */
  infer(input: tf.Tensor): tf.Tensor;
  /**
   * Forward in training mode, then backward from the gradient that `head` makes of the logits. `apply` gets each parameter's
   * gradient once. Call inside `tf.tidy`.
   */
  train(
    input: tf.Tensor,
    head: (logits: tf.Tensor) => tf.Tensor,
    apply: (name: string, gradient: tf.Tensor) => void,
  ): void;
}

interface Done {
  readonly step: Step;
  readonly run: LayerRun;
}

/** `tf.tidy` for results that hold other things beside tensors, which it leaves alone. */
function tidied<Result extends LayerRun | LayerGradients>(compute: () => Result): Result {
  return tf.tidy(() => compute() as unknown as tf.TensorContainer) as unknown as Result;
}

export function network(architecture: Architecture, parameters: ParameterStore): Network {
  const plan = steps(architecture);
  const lastReader = new Map(plan.flatMap((step, index) => step.layer.inputs.map((input) => [input, index] as const)));

  function contextOf(step: Step, training: boolean, mask: tf.Tensor | undefined): LayerContext {
    const parameter = (suffix: string) => parameters.get(`${step.layer.name}.${suffix}`);
    const update = (suffix: string, value: tf.Tensor) => parameter(suffix).assign(value);
    return { training, parameter, update, ...(mask ? { mask } : {}) };
  }

  function execute(step: Step, values: ReadonlyMap<string, tf.Tensor>, training: boolean, mask?: tf.Tensor): LayerRun {
    const inputs = step.layer.inputs.map((name) => values.get(name)!);
    return tidied(() => runLayer(step.layer, step.relu, inputs, contextOf(step, training, mask)));
  }

  const maskOf = (input: tf.Tensor) =>
    architecture.input.kind === "tokens" ? tf.cast(tf.notEqual(input, 0), "float32") : undefined;

  return {
    infer(input) {
      const values = new Map([["input", input]]);
      const mask = maskOf(input);
      plan.forEach((step, index) => {
        const run = execute(step, values, false, mask);
        tf.dispose([...(run.saved ?? [])]);
        values.set(step.name, run.output);
        for (const name of new Set(step.layer.inputs)) {
          if (lastReader.get(name) === index && name !== "input") values.get(name)!.dispose();
        }
      });
      return values.get(architecture.output)!;
    },

    train(input, head, apply) {
      const values = new Map([["input", input]]);
      const mask = maskOf(input);
      const done: Done[] = [];
      for (const step of plan) {
        const run = execute(step, values, true, mask);
        values.set(step.name, run.output);
        done.push({ step, run });
      }
      const gradients = new Map([[architecture.output, head(values.get(architecture.output)!)]]);
      for (const { step, run } of done.reverse()) {
        const gradient = gradients.get(step.name);
        if (gradient) backward(step, run, gradient, gradients, apply);
        tf.dispose([run.output, ...(run.saved ?? []), ...(gradient ? [gradient] : [])]);
      }
    },
  };

  function backward(
    { layer }: Step,
    run: LayerRun,
    gradient: tf.Tensor,
    gradients: Map<string, tf.Tensor>,
    apply: (name: string, gradient: tf.Tensor) => void,
  ): void {
    const wanted = layer.inputs.map((name) => name !== "input");
    const { inputs, parameters: ofParameters = {} } = tidied(() => run.backward(gradient, wanted));
    for (const [suffix, value] of Object.entries(ofParameters)) {
      apply(`${layer.name}.${suffix}`, value);
      value.dispose();
    }
    layer.inputs.forEach((name, index) => {
      const one = inputs[index];
      if (!one) return;
      if (!wanted[index]) {
        one.dispose();
        return;
      }
      const before = gradients.get(name);
      gradients.set(name, before ? tf.add(before, one) : one);
      if (before) tf.dispose([before, one]);
    });
  }
}
