import { describe, expect, it } from "vitest";
import { tfjsWebgpu } from "../../../src/engines/tfjs/index.js";
import { expectPyTorch, fixtures, initial, options } from "./pytorch.js";

const [first] = fixtures;
const reason = await tfjsWebgpu.unsupported(first!.architecture, options(first!));

describe("tfjsWebgpu", () => {
  it("gives a reason where there is no GPU, else describes the one it found", async () => {
    if (reason === undefined) expect((await tfjsWebgpu.describe()).device).toMatch(/^webgpu: /);
    else expect(reason).toMatch(/no WebGPU adapter|WebGPU adapter is software|not installed/);
  });

  // Skipped where no WebGPU adapter is found. IDINIT_SOFTWARE_GPU=1 lets a software adapter do.
  it.skipIf(reason !== undefined).each(fixtures.map((fixture) => [fixture.architecture.name, fixture] as const))(
    "trains %s as in PyTorch",
    async (_, fixture) => {
      const learner = await tfjsWebgpu.create(fixture.architecture, initial(fixture), options(fixture));
      await expectPyTorch(fixture, learner);
      await learner.dispose();
    },
  );
});
