/** Brings a given model into the one form that training and export work on. */
import {
  DataType,
  decodeModel,
  type ExternalData,
  nodeLabel,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type Tensor,
  type ValueInfo,
} from "@idinit/onnx";
import { OnnxTrainError } from "../errors.js";
import { inlineFunctions } from "./inline-functions.js";
import { masksAmong } from "./masks.js";
import { renamed } from "./names.js";
import { storedTensors } from "./stored.js";

/** Names of the initializers that hold one batch norm's running statistics. */
export interface RunningStatistics {
  readonly mean: string;
  readonly variance: string;
}

export interface PreparedModel {
  /** At least opset 17; every initializer that plays several parts is split. */
  readonly model: OnnxModel;
  readonly opset: number;
  /** Initializers by name. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** Those that were Constant nodes where no weight stands, and attention masks. */
  readonly constants: ReadonlySet<string>;
  /** What the file says of values between nodes. */
  readonly declared: readonly ValueInfo[];
  /** By the first output of the BatchNormalization node. */
  readonly statistics: ReadonlyMap<string, RunningStatistics>;
}

const OLDEST = 13;
const NEWEST = 25;
/** From 13 to 17 no operator with a gradient here changed its meaning; 17 brings ScatterND with addition and LayerNormalization. */
const LIFTED = 17;
/** The IR version that opset 17 came with. */
const IR_VERSION = 8;

export interface PrepareOptions {
  /** Contents of the files that hold weights outside the model, by the location that the model names. */
  readonly externalData?: ExternalData | undefined;
}

/** Whether the operators with gradients mean the same in two opsets. */
const sameMeaning = (a: number, b: number) => a === b || Math.max(a, b) <= LIFTED;

/**
 * Functions are written out, external data and Constant nodes with floats become initializers.
 *
 * @throws OnnxTrainError for opsets outside 13 to 25. @throws OnnxError for external data that is missing.
 */
export function prepareModel(given: Uint8Array | OnnxModel, options: PrepareOptions = {}): PreparedModel {
  if (!(given instanceof Uint8Array) && !Array.isArray(given?.graph?.nodes)) {
    const kind = Object.prototype.toString.call(given).slice(8, -1);
    throw new OnnxTrainError(`a model is ONNX bytes (an Uint8Array) or what decodeModel makes of them, got ${kind}`);
  }
  const decoded = given instanceof Uint8Array ? decodeModel(given) : given;
  const version = decoded.opsetImports.find(({ domain }) => domain === "" || domain === "ai.onnx")?.version;
  if (version === undefined || version < OLDEST || version > NEWEST) {
    throw new OnnxTrainError(`opset ${OLDEST} to ${NEWEST} is supported, the model has ${version ?? "none"}`);
  }
  const source = inlineFunctions(decoded, sameMeaning);
  const graph = { ...source.graph, nodes: withoutClashes(source.graph) };
  const { tensors, nodes: computing, constants } = storedTensors(graph, options.externalData);
  const opset = Math.max(version, LIFTED);
  const nodes = withoutAliases({ ...source.graph, nodes: [...computing] }, tensors);
  const statistics = splitStatistics(nodes, tensors);
  const others = source.opsetImports.filter(({ domain }) => domain !== "" && domain !== "ai.onnx");
  const model: OnnxModel = {
    ...source,
    irVersion: Math.max(source.irVersion, IR_VERSION),
    opsetImports: [{ domain: "", version: opset }, ...others],
    graph: {
      ...source.graph,
      nodes,
      initializers: [...tensors.values()],
      inputs: source.graph.inputs.filter(({ name }) => !tensors.has(name)),
      valueInfo: [],
    },
  };
  return {
    model,
    opset,
    tensors,
    constants: new Set([...constants, ...masksAmong(nodes, tensors)]),
    declared: [...source.graph.valueInfo, ...source.graph.outputs],
    statistics,
  };
}

/** Names that the training graph gives to values of its own. */
const OWN = /^(train\/.*|constant(_\d+)?)$/;

/** The nodes with names like those of the training graph put under others; the model's results keep theirs. */
function withoutClashes({ nodes, outputs }: OnnxGraph): OnnxNode[] {
  const made = new Set(nodes.flatMap((node) => node.outputs).filter((name) => OWN.test(name)));
  for (const { name } of outputs) made.delete(name);
  const unlike = nodes.map((node) => (OWN.test(node.name) ? { ...node, name: `given/${node.name}` } : node));
  if (made.size === 0) return unlike;
  return unlike.map((node) => renamed(node, (name) => (made.has(name) ? `given/${name}` : name)));
}

/**
 * Exporters merge equal initializers and spread the one that is left through Identity nodes. In training each is a
 * weight of its own, so every such Identity becomes an initializer.
 */
function withoutAliases(graph: OnnxGraph, tensors: Map<string, Tensor>): OnnxNode[] {
  const results = new Set(graph.outputs.map(({ name }) => name));
  return graph.nodes
    .filter((node) => {
      const tensor = node.opType === "Identity" && node.domain === "" ? tensors.get(node.inputs[0]!) : undefined;
      const output = node.outputs[0]!;
      if (!tensor || results.has(output)) return true;
      tensors.set(output, { ...tensor, name: output });
      return false;
    })
    .map((node) => ({ ...node, inputs: [...node.inputs], outputs: [...node.outputs] }));
}

/** Gives every batch norm running statistics of its own. */
function splitStatistics(nodes: OnnxNode[], tensors: Map<string, Tensor>): Map<string, RunningStatistics> {
  const uses = new Map<string, number>();
  for (const name of nodes.flatMap((node) => node.inputs)) uses.set(name, (uses.get(name) ?? 0) + 1);
  const statistics = new Map<string, RunningStatistics>();
  for (const node of nodes) {
    if (node.opType !== "BatchNormalization" || node.domain !== "") continue;
    const [mean, variance] = [3, 4].map((slot) => {
      const name = node.inputs[slot]!;
      const tensor = tensors.get(name);
      if (tensor?.dataType !== DataType.float) {
        throw new OnnxTrainError(
          `node ${nodeLabel(node)}: running statistics must be float32 initializers, "${name}" is not`,
        );
      }
      if (uses.get(name) === 1) return name;
      const own = `${node.outputs[0]}.${slot === 3 ? "running_mean" : "running_var"}`;
      tensors.set(own, { ...tensor, name: own });
      node.inputs[slot] = own;
      return own;
    }) as [string, string];
    statistics.set(node.outputs[0]!, { mean, variance });
  }
  return statistics;
}
