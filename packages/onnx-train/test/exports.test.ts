/** Small modules as PyTorch's exporter writes them, with the batch open: gradients are those of PyTorch. */
import { readFileSync } from "node:fs";
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { createTrainer, sgd } from "../src/index.js";
import { relativeError } from "./support/fixtures.js";

interface Encoded {
  readonly dims: number[];
  readonly data: string;
}

interface Export {
  readonly name: string;
  readonly opset: number;
  readonly model: string;
  readonly x: Encoded;
  readonly target: Encoded;
  readonly loss: number;
  readonly gradients: Readonly<Record<string, Encoded>>;
}

const path = new URL("../fixtures/exports.json", import.meta.url);
const exported = JSON.parse(readFileSync(path, "utf8")) as Export[];
const bytes = (text: string) => Uint8Array.from(Buffer.from(text, "base64"));
const floats = ({ data }: Encoded) => new Float32Array(bytes(data).buffer);

describe("exported modules have PyTorch's gradients", () => {
  it.each(exported.map((e) => [e.name, e.opset, e] as const))("%s, opset %i", async (_name, _opset, given) => {
    const trainer = await createTrainer(bytes(given.model), {
      ort,
      loss: "mse",
      optimizer: sgd({ lr: 0 }),
      sessionOptions: { intraOpNumThreads: 1, graphOptimizationLevel: "basic" },
    });
    const batch = { x: floats(given.x), target: floats(given.target) };
    const gradients = await trainer.gradients(batch);
    const { loss } = await trainer.step(batch);
    await trainer.dispose();
    expect(Math.abs(loss - given.loss) / given.loss).toBeLessThan(1e-4);
    const largest = Math.max(...Object.values(given.gradients).flatMap((g) => [...floats(g)].map(Math.abs)));
    for (const [name, expected] of Object.entries(given.gradients)) {
      const values = floats(expected);
      const own = gradients.get(name);
      // A gradient that is zero but for rounding (a bias before a norm) is measured against the others.
      const scale = Math.max(...values.map(Math.abs)) / largest;
      expect(own, `${name} is among ${[...gradients.keys()].join(", ")}`).toBeDefined();
      expect(relativeError(own!, values) * (scale < 1e-5 ? scale : 1), name).toBeLessThan(1e-3);
    }
  });
});
