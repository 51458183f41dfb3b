/** All ones. */
import type { Initializer } from "../initializer.js";
import { define } from "./define.js";

/** Every element 1; takes any shape: norm scales. */
export function ones(): Initializer {
  return define("ones", {}, "values", (data) => data.fill(1));
}
