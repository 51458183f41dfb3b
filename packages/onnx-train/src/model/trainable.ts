/** Which initializers are trained, and which nodes lie between them and the loss. */
import { DataType, dtypeName, getInt, type OnnxNode } from "@idinit/onnx";
import { hasDecomposition } from "../decompositions/decompose-node.js";
import { OnnxTrainError } from "../errors.js";
import { constantInputs } from "../gradients/constant-inputs.js";
import { gradientRules } from "../gradients/index.js";
import { stopsGradient } from "../gradients/stops.js";
import { isControlFlow } from "./control-flow.js";
import { readNames } from "./names.js";
import type { PreparedModel } from "./prepare.js";
import { ancestors, whyUntrainable } from "./untrainable.js";

/** Names, or a choice by name and shape. */
export type Trainable = readonly string[] | ((name: string, dims: readonly number[]) => boolean);

const FLOATS: ReadonlySet<number> = new Set([DataType.float, DataType.double, DataType.float16, DataType.bfloat16]);

/** Inputs through which a gradient may pass. */
function differentiableInputs(node: OnnxNode): string[] {
  if (node.domain === "" && stopsGradient.has(node.opType)) return [];
  if (node.domain === "" && node.opType === "Cast" && !FLOATS.has(getInt(node, "to") ?? 0)) return [];
  const constant = node.domain === "" ? constantInputs[node.opType] : undefined;
  const inputs = node.inputs.filter((name, i) => name !== "" && !constant?.includes(i));
  // Branches and bodies read values from around them as well.
  return isControlFlow(node) ? [...inputs, ...readNames({ ...node, inputs: [] })] : inputs;
}

/** Values on which the loss depends differentiably. */
export const influences = (nodes: readonly OnnxNode[], output: string): Set<string> =>
  ancestors(nodes, output, differentiableInputs);

/**
 * The trained initializers. By default every float tensor of rank 1 or more that the loss depends on; scalars are
 * constants of the architecture (a scaling, an epsilon) unless they are asked for, attention masks unless they are named.
 *
 * @throws OnnxTrainError for unknown names, tensors the loss does not depend on, types other than float32, none at all.
 */
export function chooseTrainable(prepared: PreparedModel, output: string, choice: Trainable | undefined): string[] {
  const { tensors, statistics, model } = prepared;
  const wanted = influences(model.graph.nodes, output);
  const running = new Set([...statistics.values()].flatMap(({ mean, variance }) => [mean, variance]));
  const reached = [...tensors.values()].filter(
    ({ name, dataType }) => FLOATS.has(dataType) && wanted.has(name) && !running.has(name),
  );
  if (choice !== undefined && typeof choice !== "function") {
    for (const name of choice) {
      if (!tensors.has(name)) throw new OnnxTrainError(`trainable: the model has no initializer "${name}"`);
      if (!reached.some((tensor) => tensor.name === name)) {
        throw new OnnxTrainError(
          `trainable: "${name}" is no float tensor that the output "${output}" depends on differentiably`,
        );
      }
    }
  }
  const chosen = reached.filter(({ name, dims }) => {
    if (Array.isArray(choice)) return choice.includes(name);
    if (prepared.constants.has(name)) return false;
    return typeof choice === "function" ? choice(name, dims) : dims.length > 0;
  });
  const wrong = chosen.filter(({ dataType }) => dataType !== DataType.float);
  if (wrong.length > 0) {
    const list = wrong.map(({ name, dataType }) => `"${name}" is ${dtypeName(dataType)}`).join(", ");
    throw new OnnxTrainError(`parameters must be float32: ${list}`);
  }
  if (chosen.length === 0) {
    if (choice !== undefined) throw new OnnxTrainError("trainable: no initializer is chosen");
    const all = [...tensors.values()];
    const floats = all.filter(({ name, dataType }) => FLOATS.has(dataType) && !running.has(name));
    const { nodes } = model.graph;
    const differentiable = differentiableInputs;
    throw new OnnxTrainError(whyUntrainable({ nodes, output, tensors: all, floats, reached: wanted, differentiable }));
  }
  return chosen.map(({ name }) => name);
}

/** Values that need a gradient: those between the parameters and the output. */
export function gradientPath(nodes: readonly OnnxNode[], output: string, parameters: readonly string[]): Set<string> {
  const wanted = influences(nodes, output);
  const active = new Set(parameters);
  for (const node of nodes) {
    if (!differentiableInputs(node).some((name) => active.has(name))) continue;
    for (const name of node.outputs) if (wanted.has(name)) active.add(name);
  }
  return active;
}

/** Nodes on the path whose operator has no gradient at all; control flow shows when its sizes are known. */
export function blockingNodes(nodes: readonly OnnxNode[], path: ReadonlySet<string>): OnnxNode[] {
  const known = (node: OnnxNode) =>
    (node.domain === "" && Object.hasOwn(gradientRules, node.opType)) || hasDecomposition(node) || isControlFlow(node);
  const onPath = (node: OnnxNode) =>
    node.outputs.some((name) => path.has(name)) && differentiableInputs(node).some((name) => path.has(name));
  return nodes.filter((node) => onPath(node) && !known(node));
}
