/** onnxruntime whose CPU provider rounds to float16 where a graph casts to it. */
import { DataType, getInt } from "@idinit/onnx";
import * as ort from "onnxruntime-node";
import { type Lowering, lower, type Ort, type Replacement } from "../../src/index.js";

/**
 * The CPU provider has no products in float16: it puts casts around those in float32 and takes pairs of casts away, and with them
 * all rounding. Between a graph's own casts and the products it is kept from that here, by a reshape that changes no shape.
 */
const cast: Lowering = ({ inputs, outputs, attributes, ...node }, to: Replacement) => {
  const [x, y] = [inputs[0]!, outputs[0]!];
  const wall = (value: string, output?: string) => to.op("Reshape", [value, to.op("Shape", [value])], [], output);
  const type = getInt({ ...node, inputs, outputs, attributes }, "to", 0);
  if (type === DataType.float16) wall(to.op("Cast", [x], attributes), y);
  else if (type === DataType.float && x.startsWith("mixed/")) to.op("Cast", [wall(x)], attributes, y);
  else return false;
  return true;
};

export const roundingOrt = {
  ...ort,
  InferenceSession: {
    create: (bytes: Uint8Array, options?: ort.InferenceSession.SessionOptions) =>
      ort.InferenceSession.create(lower(bytes, { Cast: cast }), options),
  },
} as unknown as Ort;
