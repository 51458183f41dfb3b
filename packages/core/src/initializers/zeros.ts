/** All zeros. */
import type { Initializer } from "../initializer.js";
import { define } from "./define.js";

/** Every element 0; takes any shape: biases, norm shifts, Fixup's last weights. */
export function zeros(): Initializer {
  // A piece is made zero by being handed out.
  return define("zeros", {}, "values", (_data, _block, _stream, pieces) => void Array.from(pieces), { sparse: true });
}
