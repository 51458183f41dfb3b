import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { adamw, buildTrainingModel, sgd } from "../src/index.js";
import { modelBytes } from "./support/fixtures.js";

function pythonWithOnnx(): string | undefined {
  return ["/usr/bin/python3", "python3"].find((command) => {
    try {
      execFileSync(command, ["-c", "import onnx"], { stdio: "ignore" });
      return true;
    } catch {
      return false;
    }
  });
}

const python = pythonWithOnnx();
/** Products over a batch of open size would stay in float32. */
const sizes = { float32: {}, mixed: { batchSize: 4 } };
const MODELS = ["mlp", "resnet", "transformer", "transformer-13"];

describe("training graphs pass onnx.checker with full shape inference", () => {
  it.skipIf(python === undefined)(`${MODELS.join(", ")}${python ? "" : " (skipped: no Python with onnx)"}`, () => {
    const folder = mkdtempSync(join(tmpdir(), "onnx-train-"));
    try {
      const files = MODELS.flatMap((name) =>
        [sgd({ lr: 0.1, momentum: 0.9, nesterov: true, weightDecay: 1e-4 }), adamw(), undefined].flatMap(
          (optimizer, i) =>
            (["float32", "mixed"] as const).map((precision) => {
              const file = join(folder, `${name}-${i}-${precision}.onnx`);
              const options = { loss: "softmax-cross-entropy", optimizer, precision, ...sizes[precision] } as const;
              writeFileSync(file, buildTrainingModel(modelBytes(name), options).bytes);
              return file;
            }),
        ),
      );
      const script = fileURLToPath(new URL("../fixtures/check_model.py", import.meta.url));
      const answer = execFileSync(python!, [script, ...files], { encoding: "utf8" });
      expect(answer.match(/ ok$/gm)).toHaveLength(files.length);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
