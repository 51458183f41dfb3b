import { expect, it } from "vitest";
import { mlp } from "../../../src/architectures/index.js";
import { tfjsWebgpu } from "../../../src/engines/tfjs/index.js";

const architecture = mlp({ features: 2, hidden: 3, classes: 2 });
const options = { optimizer: { kind: "sgd", momentum: 0, weightDecay: 0 }, batchSize: 1, threads: 1 } as const;

it("gives a reason where there is no GPU, else describes the one it found", async () => {
  const reason = await tfjsWebgpu.unsupported(architecture, options);
  if (reason === undefined) expect((await tfjsWebgpu.describe()).device).toMatch(/^webgpu: /);
  else expect(reason).toMatch(/no WebGPU adapter|not installed|cannot be loaded/);
});
