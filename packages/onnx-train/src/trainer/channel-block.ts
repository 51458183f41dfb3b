/** Whether onnxruntime has the blocked channel layout here, and how many channels a block holds. */
import { encodeModel, GraphBuilder } from "@idinit/onnx";
import { BLOCKED_DOMAIN } from "../lowering/blocked-graph.js";
import type { InferenceSession, Ort } from "./ort.js";
import { providerNames } from "./placement.js";

/** More than any processor's block; the layout of fewer channels than a block would tell nothing. */
const CHANNELS = 64;

/**
 * The channels in a block of the CPU provider: 16 with AVX-512, 8 with AVX; 0 where it has no such layout, as WebAssembly,
 * or where another provider is asked for. It is found by reordering a few numbers and looking where they went.
 */
export async function findChannelBlock(ort: Ort, options: InferenceSession.SessionOptions = {}): Promise<number> {
  if (providerNames(options).some((name) => name !== "cpu")) return 0;
  const g = new GraphBuilder({ name: "probe", opset: 17 });
  const x = g.input("x", "float32", [1, CHANNELS, 1, 2]);
  g.output(g.node("ReorderInput", [x], {}, { domain: BLOCKED_DOMAIN }), "float32", [1, CHANNELS, 1, 2]);
  let session: InferenceSession;
  try {
    session = await ort.InferenceSession.create(encodeModel(g.build()), { ...options, logSeverityLevel: 4 });
  } catch {
    return 0;
  }
  try {
    const values = Float32Array.from({ length: 2 * CHANNELS }, (_, i) => i);
    const results = await session.run({ x: new ort.Tensor("float32", values, [1, CHANNELS, 1, 2]) });
    const [reordered] = Object.values(results);
    // The second position of the first channel comes right after the first position of the block.
    const block = (reordered!.data as Float32Array).indexOf(1);
    reordered!.dispose();
    return block > 1 && CHANNELS % block === 0 ? block : 0;
  } finally {
    await session.release();
  }
}
