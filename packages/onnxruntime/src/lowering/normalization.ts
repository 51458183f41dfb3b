/** Norms, and what patterns recognised as norms. */
import { getString, type OnnxNode, tensorValues } from "@idinit/onnx";
import type { Handler, Lowering } from "./context.js";
import type { DataValue, Value, WeightValue } from "./values.js";

const KINDS: Readonly<Record<string, string>> = {
  BatchNormalization: "batch",
  LayerNormalization: "layer",
  InstanceNormalization: "instance",
  GroupNormalization: "group",
  RMSNormalization: "rms",
  SimplifiedLayerNormalization: "rms",
  MeanVarianceNormalization: "instance",
  LpNormalization: "rms",
};

/** All ones or all zeros in a Constant node: what exporters write where a norm has no scale or shift of its own. */
function isFiller(context: Lowering, weight: WeightValue): boolean {
  if (context.model.initializers.has(weight.parameter)) return false;
  const values = tensorValues(context.tensor(weight));
  return (
    values.length > 0 && (values[0] === 0 || values[0] === 1) && (values as Float32Array).every((v) => v === values[0])
  );
}

function emitNorm(
  context: Lowering,
  node: OnnxNode,
  kind: string,
  x: DataValue,
  [scale, shift, mean, variance]: readonly (Value | undefined)[],
): void {
  const slots = Object.fromEntries(
    Object.entries({ scale, shift, mean, variance }).flatMap(([slot, value]) => {
      if (value?.kind !== "weight" || isFiller(context, value)) return [];
      const use = context.vector(value);
      return use ? [[slot, use] as const] : [];
    }),
  );
  context.emit(node, "norm", [x.name], { slots, attributes: { kind }, shape: x.shape, channels: x.channels });
}

export const norm: Handler = (context, node, [x, ...parameters]) => {
  if (x?.kind !== "data") return context.opaque(node, [x, ...parameters]);
  emitNorm(context, node, KINDS[node.opType] ?? getString(node, "kind", "layer"), x, parameters);
};
