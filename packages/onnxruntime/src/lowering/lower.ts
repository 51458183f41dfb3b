/** Walks through a flat model and translates node by node. */
import { getAttribute, getFloats, getInts, type OnnxNode } from "@idinit/onnx";
import { type FlatModel, isFloat, isNarrow } from "../flatten.js";
import { handlerOf } from "../ops.js";
import { refuseBodyWeights, refuseQuantized } from "../unserved.js";
import { conditional } from "./conditional.js";
import { Lowering } from "./context.js";
import { fold } from "./fold.js";
import { literal } from "./literal.js";
import type { ConstantValue, Value } from "./values.js";
import { wholeWeight } from "./view.js";

/** The neutral nodes and parameters of a model. @throws IdinitError for values that nothing makes and undecidable branches. */
export function lower(model: FlatModel): Lowering {
  const context = new Lowering(model);
  for (const name of model.inputs) {
    const shape = model.inputShapes.get(name);
    context.set(name, { kind: "data", name, ...(shape && { shape }) });
  }
  for (const name of model.initializers) context.set(name, stored(model, name));
  for (const node of model.nodes) lowerNode(context, node);
  return context;
}

/** A stored tensor: fractions may be a weight, everything else is a constant. */
function stored(model: FlatModel, name: string): Value {
  const tensor = model.tensors.get(name)!;
  const elements = tensor.dims.reduce((product, dim) => product * dim, 1);
  // Quantized weights are weights too, so that they are named and refused rather than passed over.
  const matrix = isNarrow(tensor) && tensor.dims.length >= 2 && elements > 1;
  if (matrix || (isFloat(tensor) && (elements > 1 || model.initializers.has(name))))
    return wholeWeight(name, tensor.dims);
  return literal(tensor);
}

function lowerNode(context: Lowering, node: OnnxNode) {
  if (node.opType === "Constant" && node.domain === "") return constant(context, node);
  const inputs = node.inputs.map((name) => (name === "" ? undefined : context.value(name, node)));
  refuseQuantized(node, inputs, context.model.tensors);
  refuseBodyWeights(node, context.model.tensors);
  if (node.opType === "If") return conditional(context, node, inputs[0], (inner) => lowerNode(context, inner));
  if (node.opType === "Shape" || node.opType === "Size") return measured(context, node, inputs[0]);
  if (inputs.every((value) => value === undefined || value.kind === "constant")) {
    const integer = inputs.some((value) => value?.kind === "constant" && value.integer);
    const result = fold(node, inputs as (ConstantValue | undefined)[], integer);
    context.set(node.outputs[0], integerKept(node, integer) ? { ...result, integer: true } : result);
    for (const output of node.outputs.slice(1)) context.set(output, { kind: "constant" });
    return;
  }
  const handler = handlerOf(node);
  if (handler) handler(context, node, inputs);
  else context.opaque(node, inputs);
  // Masks, statistics and indices that a handler does not make.
  for (const output of node.outputs) {
    if (output !== "" && !context.find(output)) context.set(output, { kind: "constant" });
  }
}

/** Casts aside, arithmetic on integers gives integers, and ONNX's integer division truncates. */
const integerKept = (node: OnnxNode, integer: boolean) =>
  node.opType === "Cast" ? [2, 3, 4, 5, 6, 7, 12, 13].includes(Number(getAttribute(node, "to")?.value)) : integer;

function constant(context: Lowering, node: OnnxNode) {
  const name = node.outputs[0]!;
  if (context.model.tensors.has(name)) {
    return context.set(name, stored(context.model, name));
  }
  const attribute = node.attributes[0];
  if (attribute?.type === "tensor") return context.set(name, literal(attribute.value));
  if (attribute?.type === "int" || attribute?.type === "float") {
    return context.set(name, {
      kind: "constant",
      shape: [],
      values: [attribute.value],
      integer: attribute.type === "int",
    });
  }
  const list =
    attribute &&
    (attribute.type === "ints"
      ? getInts(node, attribute.name)
      : attribute.type === "floats"
        ? getFloats(node, attribute.name)
        : undefined);
  context.set(
    name,
    list
      ? { kind: "constant", shape: [list.length], values: list, integer: attribute!.type === "ints" }
      : { kind: "constant" },
  );
}

/** Shapes of data are constants, as far as dimensions are known. */
function measured(context: Lowering, node: OnnxNode, x: Value | undefined) {
  const shape = x?.kind === "weight" ? x.axes.map(({ size }) => size) : x?.shape;
  if (!shape) return context.set(node.outputs[0], { kind: "constant", integer: true });
  if (node.opType === "Size") {
    const size = shape.every((dim) => dim !== undefined) ? (shape as number[]).reduce((a, b) => a * b, 1) : undefined;
    return context.set(node.outputs[0], { kind: "constant", shape: [], values: [size], integer: true });
  }
  const start = Number(getAttribute(node, "start")?.value ?? 0);
  const end = Number(getAttribute(node, "end")?.value ?? shape.length);
  const part = shape.slice(start, end);
  context.set(node.outputs[0], { kind: "constant", shape: [part.length], values: part, integer: true });
}
