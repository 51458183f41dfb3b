/** The op table: which handler translates which ONNX operator. Whatever is not here is opaque. */
import type { Activation } from "@idinit/core";
import type { Op } from "@idinit/core/graph";
import { getInt, getInts, getString, type OnnxNode } from "@idinit/onnx";
import { arithmetic, passing, where } from "./lowering/arithmetic.js";
import type { Handler } from "./lowering/context.js";
import { conv, gemm, matMul } from "./lowering/linear.js";
import { norm } from "./lowering/normalization.js";
import { gather, slice, split } from "./lowering/parts.js";
import { concat, expand, flatten, numbers, pad, reshape, same, squeeze, transpose } from "./lowering/rearrange.js";
import { recurrent } from "./lowering/recurrent.js";
import { type DataValue, resolveAxis } from "./lowering/values.js";
import { PATTERN_DOMAIN } from "./patterns/region.js";

const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  Relu: "relu",
  LeakyRelu: "leakyRelu",
  Elu: "elu",
  Celu: "elu",
  Selu: "selu",
  Gelu: "gelu",
  FastGelu: "gelu",
  BiasGelu: "gelu",
  QuickGelu: "gelu",
  Swish: "silu",
  Mish: "mish",
  Tanh: "tanh",
  Sigmoid: "sigmoid",
  Softplus: "softplus",
  HardSigmoid: "hardSigmoid",
  HardSwish: "hardSwish",
  ThresholdedRelu: "relu",
  Softsign: "other",
  Erf: "other",
  Sin: "other",
  Cos: "other",
  Exp: "other",
};

const activation: Handler = (context, node, [x, ...rest]) => {
  const kind = ACTIVATIONS[node.opType] ?? (getString(node, "kind", "other") as Activation);
  if (x?.kind === "data") context.activation(node, x, kind);
  else context.opaque(node, [x, ...rest]);
};

/** `Clip` with a lower bound of 0 is a ReLU with a lid. */
const clip: Handler = (context, node, inputs) => {
  const [x, low] = inputs;
  const bound = low ? numbers(low)?.[0] : node.attributes.find(({ name }) => name === "min")?.value;
  if (x?.kind === "data" && bound === 0) context.activation(node, x, "relu");
  else passing(context, node, inputs);
};

const prelu: Handler = (context, node, [x, slope]) => {
  const use = slope?.kind === "weight" ? context.vector(slope) : undefined;
  if (x?.kind !== "data" || !use) return context.opaque(node, [x, slope]);
  context.emit(node, "activation", [x.name], {
    slots: { slope: use },
    attributes: { kind: "prelu" },
    shape: x.shape,
    channels: x.channels,
  });
};

const softmax: Handler = (context, node, [x]) => {
  if (x?.kind !== "data") return context.opaque(node, [x]);
  const axis = resolveAxis(getInt(node, "axis", -1), x.shape?.length) ?? -1;
  const heads = x.channels?.slice(0, -2).find((tag) => tag !== undefined && tag.stride > 1)?.size;
  context.emit(node, "softmax", [x.name], {
    attributes: { axis, ...(heads !== undefined && { heads }) },
    shape: x.shape,
    channels: x.channels,
  });
};

/** Pools and resizes: sizes change, channels stay. */
const spatial =
  (op: Op, attributes?: Readonly<Record<string, string | boolean>>): Handler =>
  (context, node, [x]) => {
    if (x?.kind !== "data") return context.opaque(node, [x]);
    const shape = x.shape?.map((dim, i) => (i < 2 ? dim : attributes?.global ? 1 : undefined));
    context.emit(node, op, [x.name], { ...(attributes && { attributes }), shape, channels: x.channels });
  };

const reduce =
  (kind: "mean" | "sum" | "max"): Handler =>
  (context, node, [x, second]) => {
    if (x?.kind !== "data") return context.opaque(node, [x, second]);
    const axes = (getInts(node, "axes") ?? numbers(second))?.map((axis) => resolveAxis(axis, x.shape?.length));
    const keep = getInt(node, "keepdims", 1) === 1;
    const pick = <T>(list: readonly T[] | undefined, one: T): readonly T[] | undefined =>
      axes && list?.flatMap((item, i) => (axes.includes(i) ? (keep ? [one] : []) : [item]));
    const shape = pick(x.shape, 1 as DataValue["shape"] extends readonly (infer D)[] | undefined ? D : never);
    context.emit(node, "reduce", [x.name], { attributes: { kind }, shape, channels: pick(x.channels, undefined) });
  };

const table = (ops: string, handler: Handler): (readonly [string, Handler])[] =>
  ops.split(" ").map((op) => [op, handler]);

const HANDLERS: ReadonlyMap<string, Handler> = new Map([
  ...table("MatMul", matMul),
  ...table("Gemm", gemm),
  ...table("Conv ConvTranspose", conv),
  ...table("LSTM GRU RNN", recurrent),
  ...table("Gather", gather),
  ...table("BatchNormalization LayerNormalization InstanceNormalization GroupNormalization", norm),
  ...table("RMSNormalization SimplifiedLayerNormalization MeanVarianceNormalization LpNormalization", norm),
  ...table(`${PATTERN_DOMAIN}:Norm`, norm),
  ...table(`${PATTERN_DOMAIN}:Activation ${Object.keys(ACTIVATIONS).join(" ")}`, activation),
  ...table("PRelu", prelu),
  ...table("Clip", clip),
  ...table("Softmax LogSoftmax", softmax),
  ...table("Add Sub Mul Div", arithmetic),
  ...table(
    "Pow Sqrt Neg Abs Floor Ceil Round Reciprocal Log Min Max Mod Equal Less Greater Not Trilu CumSum IsInf IsNaN",
    passing,
  ),
  ...table("Where", where),
  ...table("Identity Cast CastLike Dropout QuantizeLinear DequantizeLinear ReverseSequence LRN", same),
  ...table("Reshape", reshape),
  ...table("Flatten", flatten),
  ...table("Transpose", transpose),
  ...table("Squeeze Unsqueeze", squeeze),
  ...table("Expand Tile", expand),
  ...table("Concat", concat),
  ...table("Pad", pad),
  ...table("Split", split),
  ...table("Slice", slice),
  ...table("MaxPool", spatial("pool", { kind: "max", global: false })),
  ...table("AveragePool LpPool", spatial("pool", { kind: "average", global: false })),
  ...table("GlobalAveragePool", spatial("pool", { kind: "average", global: true })),
  ...table("GlobalMaxPool", spatial("pool", { kind: "max", global: true })),
  ...table("Resize Upsample", spatial("upsample")),
  ...table("ReduceMean", reduce("mean")),
  ...table("ReduceSum", reduce("sum")),
  ...table("ReduceMax ArgMax", reduce("max")),
]);

/** The handler of a node's operator, if it has one. onnxruntime's own domain holds fused forms of the same operators. */
export function handlerOf(node: OnnxNode): Handler | undefined {
  const domain = node.domain === "ai.onnx" || node.domain === "com.microsoft" ? "" : node.domain;
  return HANDLERS.get(domain === "" ? node.opType : `${domain}:${node.opType}`);
}
