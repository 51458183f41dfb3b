/** Translates a layers model into the neutral graph: walks from the outputs back, opens nested models, and describes each use of a layer. */
import { IdinitError } from "@idinit/core";
import type { Graph, GraphNode, ParameterUse } from "@idinit/core/graph";
import type { LayersModel, LayerVariable, SymbolicTensor } from "@tensorflow/tfjs-layers";
import {
  type Call,
  type Container,
  type Describe,
  heldLayers,
  isContainer,
  type Layer,
  producer,
  type Step,
  wrappedLayer,
} from "./layer.js";
import { OPS } from "./ops.js";
import { layerVariables, modelVariables } from "./weights.js";

/** Descriptions of layer classes that this package does not know, by class name. They come before the built-in ones. */
export type LayerDescriptions = Readonly<Record<string, Describe>>;

/**
 * The neutral graph of a model. Parameters are named as {@link modelVariables} names them; a layer that is used several times becomes
 * several nodes with the same parameters.
 */
export function toGraph(model: LayersModel, descriptions: LayerDescriptions = {}): Graph {
  const variables = modelVariables(model);
  const names = new Map([...variables].map(([name, variable]) => [variable, name]));
  // The input layers' names: those of the values count up with every model made.
  const inputs = model.inputs.map((tensor) => tensor.sourceLayer.name);
  const translation = new Translation(names, descriptions, new Set(inputs));
  const outputs = translation.open(model as Container, inputs, "");
  const parameters = [...variables].map(([name, { shape, dtype }]) => ({ name, shape: shape as number[], dtype }));
  return { inputs, outputs, nodes: translation.nodes, parameters };
}

class Translation {
  readonly nodes: GraphNode[] = [];

  constructor(
    private readonly parameterNames: ReadonlyMap<LayerVariable, string>,
    private readonly descriptions: LayerDescriptions,
    private readonly taken: Set<string>,
  ) {}

  /** Translates the inside of a model that reads `inputs`; returns the values it makes. */
  open(container: Container, inputs: readonly string[], scope: string): string[] {
    const values = new Map<number, string>();
    container.inputs.forEach((tensor, i) => {
      values.set(tensor.id, inputs[i] as string);
    });
    const visit = (tensor: SymbolicTensor): string => {
      const known = values.get(tensor.id);
      if (known !== undefined) return known;
      const node = producer(tensor);
      if (node === undefined || node.inputTensors.includes(tensor)) {
        throw new IdinitError(
          `tfjs: value "${tensor.name}" of layer "${tensor.sourceLayer.name}" is not reachable from the model's inputs`,
        );
      }
      const shapes = node.inputTensors.map(({ shape }) => shape);
      const made = this.call(
        tensor.sourceLayer,
        node.inputTensors.map(visit),
        shapes,
        node.outputTensors.length,
        scope,
      );
      node.outputTensors.forEach((output, i) => {
        values.set(output.id, made[i] as string);
      });
      return values.get(tensor.id) as string;
    };
    return container.outputs.map(visit);
  }

  /** Translates one use of a layer. */
  private call(
    layer: Layer,
    inputs: readonly string[],
    shapes: Call["shapes"],
    outputs: number,
    scope: string,
  ): string[] {
    const path = scope + layer.name;
    const describe = this.descriptions[layer.getClassName()];
    if (describe !== undefined && typeof describe !== "function") {
      throw new IdinitError(
        `tfjs: layers.${layer.getClassName()} must be a function that gives a list of steps, got ${typeof describe} (layer "${path}")`,
      );
    }
    if (describe === undefined) {
      if (isContainer(layer)) return this.open(layer, inputs, `${path}/`);
      const inner = wrappedLayer(layer);
      if (inner !== undefined) return this.call(inner, inputs, shapes, outputs, `${path}/`);
    }
    const steps = (describe ?? OPS[layer.getClassName()])?.(layer, { inputs: inputs.length, shapes });
    if (steps === undefined || steps.length === 0) return this.opaque(layer, inputs, outputs, path);
    const made = this.describe(layer, steps, inputs, outputs, path);
    if (describe !== undefined) requireAllWeights(layer, steps, path);
    return made;
  }

  private describe(
    layer: Layer,
    steps: readonly Step[],
    inputs: readonly string[],
    outputs: number,
    path: string,
  ): string[] {
    const variables = layerVariables(layer);
    const made = new Map<string, string>();
    let previous = inputs.slice(0, 1);
    steps.forEach((step, i) => {
      const name = this.unique(steps.length === 1 ? path : `${path}/${step.id ?? step.op}`);
      const reads = step.inputs?.map((from) => this.source(from, inputs, made, path)) ?? previous;
      const slots = Object.entries(step.slots ?? {}).map(([slot, use]) => {
        const { weight, ...view } = use;
        return [slot, { ...view, parameter: this.parameter(weight, path, variables) }] as [string, ParameterUse];
      });
      const values = this.values(name, i === steps.length - 1 ? outputs : 1);
      if (step.id !== undefined) made.set(step.id, values[0] as string);
      this.nodes.push({
        name,
        op: step.op,
        inputs: reads,
        outputs: values,
        ...(slots.length > 0 ? { slots: Object.fromEntries(slots) } : {}),
        ...(step.attributes !== undefined ? { attributes: step.attributes } : {}),
      });
      previous = values;
    });
    return previous;
  }

  /**
   * A layer that nobody described: a chain of opaque nodes, one for each weight, so that core knows of every weight and a role given by
   * name finds it. The layout is tfjs's convention for the rank.
   */
  private opaque(layer: Layer, inputs: readonly string[], outputs: number, path: string): string[] {
    const attributes = { opType: layer.getClassName() };
    this.requireListed(layer, path);
    const weights = [...layerVariables(layer)];
    const count = Math.max(weights.length, 1);
    let previous = inputs;
    for (let i = 0; i < count; i++) {
      const [weight, variable] = weights[i] ?? [];
      const name = this.unique(count === 1 ? path : `${path}/${weight}`);
      const made = this.values(name, i === count - 1 ? outputs : 1);
      const slots =
        variable === undefined
          ? {}
          : { slots: { other: { ...conventional(variable), parameter: this.named(variable) } } };
      this.nodes.push({ name, op: "opaque", inputs: previous, outputs: made, attributes, ...slots });
      previous = made;
    }
    return [...previous];
  }

  /** Throws for a layer that keeps layers whose weights the model does not know: nothing could read, train or set them. */
  private requireListed(layer: Layer, path: string): void {
    const unlisted = heldLayers(layer).find(({ weights }) =>
      weights.some((weight) => !this.parameterNames.has(weight)),
    );
    if (unlisted === undefined) return;
    throw new IdinitError(
      `tfjs: layer "${path}" (${layer.getClassName()}) keeps the layer "${unlisted.name}" without listing its weights, so ` +
        `the model neither trains nor saves them; override the getters trainableWeights and nonTrainableWeights, or describe ` +
        `the class: layers: { ${layer.getClassName()}: () => [...] }`,
    );
  }

  private source(
    from: number | string,
    inputs: readonly string[],
    made: ReadonlyMap<string, string>,
    path: string,
  ): string {
    const value = typeof from === "number" ? inputs[from] : made.get(from);
    if (value === undefined) {
      throw new IdinitError(
        `tfjs: the description of layer "${path}" reads ${JSON.stringify(from)}, which is no input and no earlier step`,
      );
    }
    return value;
  }

  private parameter(weight: string, path: string, variables: ReadonlyMap<string, LayerVariable>): string {
    const variable = variables.get(weight);
    if (variable !== undefined) return this.named(variable);
    const known = [...variables.keys()].map((key) => `"${key}"`).join(", ") || "none";
    throw new IdinitError(
      `tfjs: the description of layer "${path}" names the weight "${weight}"; the layer has ${known}`,
    );
  }

  private named(variable: LayerVariable): string {
    const name = this.parameterNames.get(variable);
    if (name === undefined)
      throw new IdinitError(`tfjs: weight "${variable.name}" belongs to no layer that the model lists`);
    return name;
  }

  private values(name: string, count: number): string[] {
    return Array.from({ length: count }, (_, i) => (i === 0 ? name : `${name}:${i}`));
  }

  private unique(name: string): string {
    let unique = name;
    for (let i = 2; this.taken.has(unique); i++) unique = `${name}(${i})`;
    this.taken.add(unique);
    return unique;
  }
}

/** Throws for a description that leaves out a weight, which would then keep its values unnoticed. */
function requireAllWeights(layer: Layer, steps: readonly Step[], path: string): void {
  const named = new Set(steps.flatMap(({ slots = {} }) => Object.values(slots).map(({ weight }) => weight)));
  const missing = [...layerVariables(layer).keys()].find((weight) => !named.has(weight));
  if (missing === undefined) return;
  throw new IdinitError(
    `tfjs: the description of layer "${path}" leaves out the weight "${missing}"; give it a slot ("other" for a vector that is to stay as it is)`,
  );
}

/** The view of a weight that nobody described: in before out, spatial axes first. */
function conventional({ shape }: LayerVariable): Omit<ParameterUse, "parameter"> {
  const layout = (["O", "O", "IO", "WIO", "HWIO", "DHWIO"] as const)[shape.length];
  const size = (shape as number[]).reduce((a, b) => a * b, 1);
  return layout === undefined || shape.length === 0 ? { layout: "O", shape: [size] } : { layout };
}
