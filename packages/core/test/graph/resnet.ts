/** A network of convolutions around what is tested. */
import { Build } from "./build.js";

/** A ResNet with one block made by `block`. */
export function resnet(block: (b: Build, x: string) => string) {
  const b = new Build();
  const stem = b.act(b.norm(b.conv(b.input(), "stem", { in: 3 }), "sn"));
  const h = block(b, stem);
  return b.graph(b.dense(b.move(b.pool(h)), "fc"));
}

export const ENDS = { stem: "first", "fc.w": "head" };
