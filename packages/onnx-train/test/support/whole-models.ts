/** Models that PyTorch trained for 20 steps (fixtures/whole-models/make_whole_models.py), and the same inputs. */
import { readFileSync } from "node:fs";
import {
  adadelta,
  adagrad,
  adam,
  adamw,
  type Feeds,
  type Loss,
  lion,
  type Optimizer,
  rmsprop,
  sgd,
  softmaxCrossEntropy,
} from "../../src/index.js";

/** The optimizers of the script, by its names. */
export const OPTIMIZERS: Readonly<Record<string, Optimizer>> = {
  sgd: sgd({ lr: 0.01, momentum: 0.9, weightDecay: 0.01 }),
  nesterov: sgd({ lr: 0.01, momentum: 0.9, nesterov: true }),
  adam: adam({ lr: 1e-3, epsilon: 1e-5 }),
  adamw: adamw({ lr: 1e-3, epsilon: 1e-5, weightDecay: 0.05 }),
  rmsprop: rmsprop({ lr: 1e-3, alpha: 0.9, epsilon: 1e-4, momentum: 0.5 }),
  adagrad: adagrad({ lr: 3e-3, epsilon: 1e-5 }),
  adadelta: adadelta({ lr: 0.5, epsilon: 1e-6 }),
  lion: lion({ lr: 2e-4, beta1: 0.9, beta2: 0.99, weightDecay: 0.1 }),
};

export interface Run {
  readonly losses: readonly number[];
  /** Some values of every weight after the last step. */
  readonly weights: Readonly<Record<string, readonly number[]>>;
  /** Weights whose gradient is zero but for rounding. */
  readonly noise: readonly string[];
  /** Relative difference of PyTorch's losses in float32 from those in float64. */
  readonly drift: readonly number[];
}

const path = (file: string) => new URL(`../../fixtures/whole-models/${file}`, import.meta.url);
const BATCHES = 4;

/** Whole numbers 0 .. modulus - 1 that look random; every product is exact in float64. */
function pattern(count: number, step: number, modulus: number): number[] {
  return Array.from(
    { length: count },
    (_, i) => Number((BigInt((i * 7919 + step * 104729 + 12345) % 1000003) * 1664525n) % 1000033n) % modulus,
  );
}

const size = (dims: readonly number[]) => dims.reduce((a, b) => a * b, 1);
const image = (step: number, dims: readonly number[]) =>
  Float32Array.from(pattern(size(dims), step, 2001), (v) => v / 1000 - 1);
const whole = (step: number, modulus: number, dims: readonly number[]) => pattern(size(dims), step, modulus);
const padding = ([rows, length]: readonly number[]) =>
  Array.from({ length: rows! * length! }, (_, i) => (i % length! < length! - Math.floor(i / length!) ? 1 : 0));

type Shapes = Readonly<Record<string, readonly number[]>>;

const classes =
  (count: number, rows = 4) =>
  (s: number) =>
    whole(1000 + s, count, [rows]);
const images = ({ input }: Shapes, s: number) => ({ input: image(s, input!) });
const tokens = ({ input }: Shapes, s: number) => ({ input: whole(s, 40, input!) });

interface Data {
  readonly inputs: (shapes: Shapes, step: number) => Feeds;
  readonly target: (step: number) => number[];
  readonly loss?: Loss;
}

const DATA: Readonly<Record<string, Data>> = {
  resnet18: { inputs: images, target: classes(10, 8) },
  mobilenetv2: { inputs: images, target: classes(10, 8) },
  vit: { inputs: images, target: classes(10) },
  gpt2: { inputs: tokens, target: (s) => whole(1000 + s, 40, [4, 12]) },
  bert: {
    inputs: (shapes, s) => ({
      ...tokens(shapes, s),
      types: whole(2000 + s, 2, shapes.types!),
      kept: padding(shapes.kept!),
    }),
    target: classes(3),
  },
  unet: { inputs: images, target: (s) => whole(1000 + s, 3, [2, 16, 16]), loss: softmaxCrossEntropy({ classAxis: 1 }) },
  lstm: { inputs: tokens, target: classes(4) },
};

interface Recorded {
  readonly inputs: Shapes;
  readonly scale: number;
  /** Of the first step, by PyTorch in float64. */
  readonly gradients: Readonly<Record<string, { readonly largest: number; readonly sample: readonly number[] }>>;
  readonly runs: Readonly<Record<string, Run>>;
}

export const WHOLE_MODELS = Object.keys(DATA);

export function wholeModel(name: string) {
  const { inputs, target, loss = softmaxCrossEntropy() } = DATA[name]!;
  const json = JSON.parse(readFileSync(path(`${name}.json`), "utf8")) as Recorded;
  return {
    bytes: new Uint8Array(readFileSync(path(`${name}.onnx`))),
    loss,
    /** Multiplies the learning rates. */
    scale: json.scale,
    gradients: json.gradients,
    runs: json.runs,
    batch: (step: number): Feeds => ({ ...inputs(json.inputs, step % BATCHES), target: target(step % BATCHES) }),
  };
}

/** The values that the script keeps of a weight. */
export function sample(values: Float32Array, count = 5): number[] {
  const kept = Math.min(count, values.length);
  return Array.from({ length: kept }, (_, i) => values[Math.floor((i * values.length) / count)]!);
}
