/** Attributes from plain JavaScript values. */
import {
  floatAttribute,
  floatsAttribute,
  intAttribute,
  intsAttribute,
  stringAttribute,
  tensorAttribute,
} from "./attributes.js";
import { OnnxError } from "./errors.js";
import type { Attribute, AttributeValue, Tensor } from "./types.js";

/** Values by attribute name; `{ type, value }` says the type where the value does not. `undefined` leaves one out. */
export type AttributeInput = Readonly<
  Record<string, number | string | readonly number[] | Tensor | AttributeValue | undefined>
>;

/** Float attributes of the standard operators, for which a whole number is still a float. */
const FLOATS: ReadonlySet<string> = new Set([
  "activation_alpha",
  "activation_beta",
  "alpha",
  "beta",
  "bias",
  "clip",
  "cubic_coeff_a",
  "epsilon",
  "extrapolation_value",
  "gamma",
  "high",
  "lambd",
  "low",
  "mean",
  "momentum",
  "norm_coefficient",
  "ratio",
  "scale",
  "scales",
  "seed",
  "spatial_scale",
  "value_float",
  "value_floats",
]);

function toAttribute(op: string, name: string, value: NonNullable<AttributeInput[string]>): Attribute {
  const float = FLOATS.has(name);
  if (typeof value === "number")
    return float || !Number.isInteger(value) ? floatAttribute(name, value) : intAttribute(name, value);
  if (typeof value === "string") return stringAttribute(name, value);
  if (isList(value))
    return float || !value.every(Number.isInteger) ? floatsAttribute(name, value) : intsAttribute(name, value);
  if ("dims" in value) return tensorAttribute(name, value);
  if ("type" in value) return { name, ...value };
  throw new OnnxError(`node ${op}: attribute ${name} has a value of no ONNX type`);
}

const isList = (value: object): value is readonly number[] => Array.isArray(value);

/** Attributes in the order given. */
export function toAttributes(op: string, values: AttributeInput): Attribute[] {
  return Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [toAttribute(op, name, value)]));
}
