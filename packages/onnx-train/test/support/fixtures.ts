/** Models and PyTorch's results, made by fixtures/make_fixtures.py. */
import { readFileSync } from "node:fs";

interface Encoded {
  readonly dims: number[];
  readonly data: string;
}

interface Run {
  readonly losses: number[];
  readonly parameters: Map<string, Float32Array>;
  readonly running: Map<string, Float32Array>;
}

const path = (file: string) => new URL(`../../fixtures/${file}`, import.meta.url);
const bytesOf = ({ data }: Encoded) => Uint8Array.from(Buffer.from(data, "base64")).buffer;
const floats = (table: Record<string, Encoded>) =>
  new Map(Object.entries(table).map(([name, value]) => [name, new Float32Array(bytesOf(value))]));

export const modelBytes = (name: string): Uint8Array => new Uint8Array(readFileSync(path(`${name}.onnx`)));

export function fixture(name: string) {
  const json = JSON.parse(readFileSync(path(`${name}.json`), "utf8"));
  const tokens = name.startsWith("transformer");
  const inputs = tokens ? new BigInt64Array(bytesOf(json.input)) : new Float32Array(bytesOf(json.input));
  const targets = new BigInt64Array(bytesOf(json.target));
  const steps = json.input.dims[0] as number;
  const batch = (step: number) => ({
    input: inputs.slice((inputs.length / steps) * step, (inputs.length / steps) * (step + 1)) as
      | Float32Array
      | BigInt64Array,
    target: targets.slice((targets.length / steps) * step, (targets.length / steps) * (step + 1)),
  });
  const run = (kind: string): Run => ({
    losses: json.runs[kind].losses,
    parameters: floats(json.runs[kind].parameters),
    running: floats(json.runs[kind].running),
  });
  return {
    model: modelBytes(name),
    steps,
    batch,
    run,
    gradients: floats(json.gradients),
    logits: new Float32Array(bytesOf(json.logits)),
  };
}

/** Largest difference relative to the largest expected value. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity;
  let worst = 0;
  let scale = 1e-12;
  for (let i = 0; i < expected.length; i++) {
    worst = Math.max(worst, Math.abs(actual[i]! - expected[i]!));
    scale = Math.max(scale, Math.abs(expected[i]!));
  }
  return worst / scale;
}
