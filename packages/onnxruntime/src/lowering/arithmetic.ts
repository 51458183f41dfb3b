/** Add, Sub, Mul, Div and other operations element by element. */
import { type OnnxNode, tensorValues } from "@idinit/onnx";
import type { Handler, Lowering } from "./context.js";
import { broadcast, type ConstantValue, type DataValue, shapeOf, type Value, type WeightValue } from "./values.js";

const OPS = { Add: "add", Sub: "sub", Mul: "mul", Div: "div" } as const;
type Arithmetic = keyof typeof OPS;

function carried(a: DataValue, other: Value | undefined) {
  const shape = broadcast(a.shape, other && shapeOf(other));
  return shape && a.shape && shape.length === a.shape.length ? { shape, channels: a.channels } : { shape };
}

/** Attention masks as stored fractions: they hold minus infinity or something like it. */
function isMask(context: Lowering, weight: WeightValue): boolean {
  const tensor = context.tensor(weight);
  return (
    tensor.data !== undefined && tensor.dataType === 1 && (tensorValues(tensor) as Float32Array).some((v) => v < -1e4)
  );
}

function withWeight(context: Lowering, node: OnnxNode, x: DataValue, weight: WeightValue, first: boolean): void {
  const op = node.opType as Arithmetic;
  const carry = carried(x, weight);
  const elements = weight.axes.reduce((product, { size }) => product * size, 1);
  const factor = op === "Mul" || (op === "Div" && !first);
  const bare = elements === 1 && weight.axes.length === 0;
  // Stored statistics of the input (mean subtracted, deviation divided by) and single constants are not weights.
  const constant =
    op === "Div" || (op === "Sub" && elements === 1) || (bare && op !== "Mul") || isMask(context, weight);
  const use = constant ? undefined : context.vector(weight);
  if (!use) {
    context.emit(node, "move", [x.name], carry);
    return;
  }
  if (bare) context.bareFactors.add(node.outputs[0]!);
  context.emit(node, factor ? "scale" : "shift", [x.name], {
    slots: factor ? { gate: use } : { shift: use },
    ...carry,
  });
}

/** A constant beside data passes it on; one that multiplies or divides it by a single number is named as its factor. */
function withConstant(context: Lowering, node: OnnxNode, x: DataValue, constant: ConstantValue, first: boolean): void {
  const [number, ...others] = constant.values ?? [];
  const single = number !== undefined && others.every((value) => value === number) ? number : undefined;
  const factor = node.opType === "Mul" ? single : node.opType === "Div" && !first && single ? 1 / single : undefined;
  const attributes = factor === undefined ? {} : { attributes: { factor } };
  context.emit(node, "move", [x.name], { ...attributes, ...carried(x, constant) });
}

export const arithmetic: Handler = (context, node, [a, b]) => {
  if (a?.kind === "data" && b?.kind === "data") {
    const carry = carried(a.shape && b.shape && b.shape.length > a.shape.length ? b : a, a);
    const shape = broadcast(a.shape, b.shape);
    const channels = a.channels ?? b.channels;
    context.emit(node, OPS[node.opType as Arithmetic], [a.name, b.name], {
      ...carry,
      shape,
      channels: shape && channels?.length === shape.length ? channels : undefined,
    });
  } else if (a?.kind === "data" && b?.kind === "weight") withWeight(context, node, a, b, false);
  else if (a?.kind === "weight" && b?.kind === "data") withWeight(context, node, b, a, true);
  else if (a?.kind === "data" && b?.kind === "constant") withConstant(context, node, a, b, false);
  else if (a?.kind === "constant" && b?.kind === "data") withConstant(context, node, b, a, true);
  else context.opaque(node, [a, b]);
};

/** One data value among constants and stored numbers passes through (Pow, Clip, Where with a mask); several are opaque. */
export const passing: Handler = (context, node, inputs) => {
  const data = inputs.filter((value) => value?.kind === "data") as DataValue[];
  if (data.length === 1) context.move(node, data[0]!, data[0]!.shape, data[0]!.channels);
  else context.opaque(node, inputs);
};

/** `Where(condition, a, b)`: a mask on the one of a and b that carries numbers, even where the condition is data. */
export const where: Handler = (context, node, inputs) => {
  const [, a, b] = inputs;
  const data = [a, b].filter((value) => value?.kind === "data") as DataValue[];
  if (data.length === 1) context.move(node, data[0]!, data[0]!.shape, data[0]!.channels);
  else context.opaque(node, inputs);
};
