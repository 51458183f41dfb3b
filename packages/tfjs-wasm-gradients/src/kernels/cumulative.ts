import type { KernelFunc } from "@tensorflow/tfjs-core";
import { util } from "@tensorflow/tfjs-core";
import { attributesOf, type KernelArguments, tensorsOf } from "../backend.js";

/** A cumulative sum or product that takes a negative axis: the wasm backend's own writes outside its memory for one. */
export function cumulative(original: KernelFunc): KernelFunc {
  return (args: KernelArguments) => {
    const attributes = attributesOf<{ axis: number; exclusive: boolean; reverse: boolean }>(args);
    const [axis = 0] = util.parseAxisParam(attributes.axis, tensorsOf<"x">(args).x.shape);
    return original({ ...args, attrs: { ...attributes, axis } });
  };
}
