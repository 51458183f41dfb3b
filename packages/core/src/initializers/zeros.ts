/** All zeros. */
import type { Initializer } from "../initializer.js";
import { define } from "./define.js";

/** Every element 0; takes any shape: biases, norm shifts, Fixup's last weights. */
export function zeros(): Initializer {
  return define("zeros", {}, "values", () => {}, { sparse: true });
}
