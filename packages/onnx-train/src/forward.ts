/** The forward pass in training mode: the given nodes, with the outputs that gradients need. */
import {
  DataType,
  dtypeName,
  floatAttribute,
  getFloat,
  intAttribute,
  type OnnxNode,
  type ValueInfo,
} from "@idinit/onnx";
import { decomposeNode, hasDecomposition } from "./decompositions/decompose-node.js";
import { createSeeds } from "./decompositions/seeds.js";
import { OnnxTrainError } from "./errors.js";
import { isControlFlow, writeOut } from "./model/control-flow.js";
import { foldedOutputs } from "./model/fold.js";
import { inferenceNode } from "./model/inference.js";
import type { PreparedModel, RunningStatistics } from "./model/prepare.js";
import { atNode, type Problems } from "./model/problems.js";
import type { Dim } from "./shapes/dims.js";
import type { TrainingGraph } from "./training-graph.js";

export interface ForwardOptions {
  readonly batchSize?: number | undefined;
  /** Shapes of inputs; a name in the place of a size leaves it open. */
  readonly inputShapes?: Readonly<Record<string, readonly (number | string)[]>> | undefined;
  /** Whether Dropout nodes drop elements in training. Default true. */
  readonly dropout?: boolean | undefined;
}

export interface Forward {
  /** The nodes as they stand in the training graph. */
  readonly nodes: readonly OnnxNode[];
  /** New running statistics: name of the initializer to name of the value. */
  readonly running: ReadonlyMap<string, string>;
  /** The input of the step's seed, where the model has dropout. */
  readonly seed: string | undefined;
}

const TYPES = new Map<number, "float32" | "float64" | "int32" | "int64" | "bool" | "uint8">([
  [DataType.float, "float32"],
  [DataType.double, "float64"],
  [DataType.int32, "int32"],
  [DataType.int64, "int64"],
  [DataType.bool, "bool"],
  [DataType.uint8, "uint8"],
]);

type InputType = NonNullable<ReturnType<typeof TYPES.get>>;

/** The element type of a model's input. @throws OnnxTrainError for a type that cannot be fed. */
export function inputType({ name, elemType }: ValueInfo): InputType {
  const type = TYPES.get(elemType ?? 0);
  if (!type) throw new OnnxTrainError(`input "${name}" has type ${dtypeName(elemType ?? 0)}, which is not supported`);
  return type;
}

/** Shapes of the model's inputs with everything known put in; unknown sizes get names. */
export function inputDims({ model }: PreparedModel, { batchSize, inputShapes }: ForwardOptions): Map<string, Dim[]> {
  const names = model.graph.inputs.map(({ name }) => name);
  for (const name of Object.keys(inputShapes ?? {})) {
    if (!names.includes(name))
      throw new OnnxTrainError(`inputShapes: the model has no input "${name}", it has ${names.join(", ")}`);
  }
  const bound = new Map<string, Dim>();
  const dims = model.graph.inputs.map(({ name, shape }) => {
    if (!shape && !inputShapes?.[name]) throw new OnnxTrainError(`input "${name}" has no shape; set inputShapes`);
    const own: Dim[] = (shape ?? inputShapes![name]!).map((d, i) =>
      typeof d === "number" ? d : (d || `${name}.${i}`).replaceAll("*", "_"),
    );
    const fixed = inputShapes?.[name] ?? (batchSize === undefined ? [] : [batchSize]);
    if (inputShapes?.[name] && fixed.length !== own.length) {
      throw new OnnxTrainError(`inputShapes: "${name}" has ${own.length} axes, got [${fixed.join(", ")}]`);
    }
    fixed.forEach((size, i) => {
      const dim = own[i];
      if (typeof dim === "string") bound.set(dim, size);
      else if (dim !== undefined && dim !== size && inputShapes?.[name]) {
        throw new OnnxTrainError(`inputShapes: axis ${i} of "${name}" is ${dim}, got ${size}`);
      }
    });
    return [name, own] as const;
  });
  return new Map(dims.map(([name, own]) => [name, own.map((d) => (typeof d === "string" ? (bound.get(d) ?? d) : d))]));
}

/** The file's own shapes, with the sizes put in that the inputs have got. */
function declareShapes(
  g: TrainingGraph,
  { model, declared }: PreparedModel,
  dims: ReadonlyMap<string, readonly Dim[]>,
): void {
  const sizes = new Map<string, Dim>();
  for (const { name, shape } of model.graph.inputs) {
    shape?.forEach((dim, i) => {
      if (typeof dim === "string") sizes.set(dim, dims.get(name)![i]!);
    });
  }
  for (const { name, elemType, shape } of declared) {
    const known = shape?.map((dim) => (typeof dim === "string" ? sizes.get(dim) : dim));
    const whole = known?.every((dim) => dim !== undefined) ? (known as Dim[]) : undefined;
    g.declare(name, { type: elemType, dims: whole });
  }
}

/** What the backward pass will ask of the forward one. */
export interface ForwardNeeds {
  readonly parameters: readonly string[];
  /** Values that need a gradient. */
  readonly path: ReadonlySet<string>;
  /** Batch norms that stay in inference mode, by their first output. */
  readonly frozen: ReadonlySet<string>;
  readonly problems: Problems;
}

/** Adds inputs, weights and nodes to the graph. `parameters` and running statistics become inputs. */
export function buildForward(
  g: TrainingGraph,
  prepared: PreparedModel,
  { parameters, path, frozen, problems }: ForwardNeeds,
  options: ForwardOptions,
): Forward {
  const { model, tensors } = prepared;
  const statistics = new Map([...prepared.statistics].filter(([norm]) => !frozen.has(norm)));
  const dims = inputDims(prepared, options);
  declareShapes(g, prepared, dims);
  for (const input of model.graph.inputs) g.input(input.name, inputType(input), dims.get(input.name)!);
  const state = new Set([...parameters, ...[...statistics.values()].flatMap(({ mean, variance }) => [mean, variance])]);
  for (const tensor of tensors.values()) {
    if (state.has(tensor.name)) g.input(tensor.name, "float32", tensor.dims);
    else g.initializer(tensor);
  }
  const results = new Set(model.graph.outputs.map(({ name }) => name));
  const seeds = createSeeds(g);
  const isDropout = ({ domain, opType }: OnnxNode) => domain === "" && opType === "Dropout";
  /** Nodes of branches and bodies that were written out, because a gradient passes. */
  const inner = new Set<OnnxNode>();
  const isOnPath = (node: OnnxNode) => inner.has(node) || node.outputs.some((name) => path.has(name));
  // Dropout acts on frozen parts as well; all others keep their kernels where no gradient passes.
  const isDecomposed = (node: OnnxNode) =>
    isDropout(node) ? options.dropout !== false : hasDecomposition(node) && isOnPath(node);
  const normed = new Map<OnnxNode, OnnxNode>();
  const addInner = (node: OnnxNode): OnnxNode[] => {
    inner.add(node);
    return atNode(node, () => add(node));
  };
  const add = (given: OnnxNode): OnnxNode[] => {
    if (isControlFlow(given) && isOnPath(given)) {
      const parts = problems.collect(given, () => writeOut(g, given, addInner));
      if (parts) return parts;
    }
    if (isDecomposed(given)) {
      const parts = problems.collect(given, () => decomposeNode(g, given, seeds.next));
      if (parts) return parts;
    }
    const isFrozen = frozen.has(given.outputs[0]!);
    const node = isFrozen ? inferenceNode(given) : trainingNode(given);
    if (node.opType === "BatchNormalization" && node.domain === "" && !isFrozen) {
      // onnxruntime writes the batch statistics over these inputs in place: it gets zeros, not the running values.
      for (const slot of [3, 4]) node.inputs[slot] = g.op("Sub", [node.inputs[slot], node.inputs[slot]]);
      normed.set(given, node);
    }
    const facts = g.infer(node);
    const folded = results.has(node.outputs[0]!) ? undefined : foldedOutputs(node, facts);
    if (folded) {
      for (const [i, tensor] of folded.entries()) g.initializer(tensor, facts[i]);
      return [];
    }
    g.copy(node);
    return [node];
  };
  const nodes = model.graph.nodes.flatMap((given) => atNode(given, () => add(given)));
  // After all given nodes, so that no name made here takes one of theirs.
  const running = new Map<string, string>();
  for (const [given, node] of normed) {
    const own = statistics.get(given.outputs[0]!);
    if (own) followStatistics(g, node, own, getFloat(given, "momentum", 0.9), running);
  }
  return { nodes, running, seed: seeds.input };
}

/** The node with the extra outputs that its gradient needs, named after the first. */
function trainingNode(node: OnnxNode): OnnxNode {
  if (node.domain !== "") return node;
  const first = node.outputs[0]!;
  const extra = (suffix: string) => `train/${first}/${suffix}`;
  switch (node.opType) {
    case "BatchNormalization": {
      // Momentum 0 makes the further outputs the statistics of the batch, which the gradient needs.
      const kept = node.attributes.filter(({ name }) => name === "epsilon");
      const attributes = [...kept, floatAttribute("momentum", 0), intAttribute("training_mode", 1)];
      return { ...node, inputs: [...node.inputs], outputs: [first, extra("mean"), extra("variance")], attributes };
    }
    case "LayerNormalization":
      return { ...node, outputs: [first, node.outputs[1] || extra("mean"), node.outputs[2] || extra("inverse")] };
    case "MaxPool":
      return { ...node, outputs: [first, node.outputs[1] || extra("indices")] };
    case "Dropout":
      if (node.outputs[1]) return inferenceNode(node);
      return { ...node, opType: "Identity", inputs: node.inputs.slice(0, 1), attributes: [] };
    default:
      return node;
  }
}

/** running' = momentum running + (1 - momentum) batch, with the population variance. */
function followStatistics(
  g: TrainingGraph,
  node: OnnxNode,
  own: RunningStatistics,
  momentum: number,
  running: Map<string, string>,
): void {
  const pairs = [
    [own.mean, node.outputs[1]!],
    [own.variance, node.outputs[2]!],
  ] as const;
  for (const [name, batch] of pairs) {
    const old = g.op("Mul", [name, g.scalar(momentum, name)]);
    running.set(name, g.op("Add", [old, g.op("Mul", [batch, g.scalar(1 - momentum, name)])]));
  }
}
