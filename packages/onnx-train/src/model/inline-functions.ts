/** Functions of a model's own, written out where they are called. */
import { type Attribute, nodeLabel, type OnnxFunction, type OnnxModel, type OnnxNode } from "@idinit/onnx";
import { OnnxTrainError } from "../errors.js";
import { renamed } from "./names.js";

/** Functions may call others, never themselves: deeper than this is a loop. */
const MAX_DEPTH = 64;

const isStandard = (domain: string) => domain === "" || domain === "ai.onnx";
const standardVersion = (imports: OnnxModel["opsetImports"]) =>
  imports.find(({ domain }) => isStandard(domain))?.version;

/**
 * The model without functions: each call is replaced by the function's nodes, under names that start with the call's.
 *
 * @throws OnnxTrainError for functions that call themselves, or are written for an opset that differs in meaning.
 */
export function inlineFunctions(model: OnnxModel, sameMeaning: (a: number, b: number) => boolean): OnnxModel {
  const functions = new Map((model.functions ?? []).map((f) => [`${f.domain}:${f.name}`, f]));
  if (functions.size === 0) return model;
  const version = standardVersion(model.opsetImports);
  const expand = (node: OnnxNode, depth: number): OnnxNode[] => {
    const called = functions.get(`${node.domain}:${node.opType}`);
    if (!called) return [node];
    if (depth === MAX_DEPTH) throw new OnnxTrainError(`function "${called.name}" calls itself`);
    const own = standardVersion(called.opsetImports);
    if (own !== undefined && version !== undefined && !sameMeaning(own, version)) {
      throw new OnnxTrainError(`function "${called.name}" is of opset ${own}, the model of ${version}`);
    }
    return body(called, node).flatMap((inner) => expand(inner, depth + 1));
  };
  const { functions: _, ...rest } = model;
  return { ...rest, graph: { ...model.graph, nodes: model.graph.nodes.flatMap((node) => expand(node, 0)) } };
}

/** The nodes of one call. */
function body(called: OnnxFunction, call: OnnxNode): OnnxNode[] {
  const label = call.name || call.outputs.find((name) => name !== "") || called.name;
  const names = new Map<string, string>();
  called.inputs.forEach((name, i) => {
    names.set(name, call.inputs[i] ?? "");
  });
  // An input that is given back as it is needs a node to bear the output's name.
  const copies: OnnxNode[] = [];
  called.outputs.forEach((name, i) => {
    const output = call.outputs[i];
    if (!output) return;
    const source = names.get(name);
    if (source === undefined) names.set(name, output);
    else copies.push({ name: "", opType: "Identity", domain: "", inputs: [source], outputs: [output], attributes: [] });
  });
  const rename = (name: string) => {
    const known = names.get(name);
    if (known !== undefined) return known;
    names.set(name, `${label}/${name}`);
    return `${label}/${name}`;
  };
  const nodes = called.nodes.map((node) => {
    const inner = renamed(node, rename);
    const domain = inner.domain === "ai.onnx" ? "" : inner.domain;
    const attributes = inner.attributes.flatMap((attribute) => resolved(attribute, called, call));
    return { ...inner, name: `${label}/${node.name || node.outputs[0]}`, domain, attributes };
  });
  return [...nodes, ...copies];
}

/** An attribute that names one of the function's takes the value of the call, or the default. */
function resolved(attribute: Attribute, called: OnnxFunction, call: OnnxNode): Attribute[] {
  if (attribute.type !== "reference") return [attribute];
  const named = (list: readonly Attribute[]) => list.find(({ name }) => name === attribute.value);
  const given = named(call.attributes) ?? named(called.attributeDefaults);
  if (given) return [{ ...given, name: attribute.name }];
  if (called.attributes.includes(attribute.value))
    throw new OnnxTrainError(`${nodeLabel(call)} lacks the attribute "${attribute.value}"`);
  return [];
}
