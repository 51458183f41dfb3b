import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { relativeError } from "./support/fixtures.js";
import { operatorFixtures } from "./support/operator-fixtures.js";
import { runCase } from "./support/operator-model.js";

describe("gradients of single operators equal PyTorch's", () => {
  it.each(operatorFixtures.map((f) => [f.op, f.title, f] as const))("%s: %s", async (_op, _title, fixture) => {
    const { loss, gradients } = await runCase(ort, fixture, undefined, "all");
    expect(Math.abs(loss - fixture.loss) / fixture.loss).toBeLessThan(1e-5);
    expect([...gradients.keys()]).toEqual(Object.keys(fixture.gradients));
    for (const [name, { data }] of gradients)
      expect(relativeError(data, fixture.gradients[name]!), name).toBeLessThan(2e-5);
  });
});
