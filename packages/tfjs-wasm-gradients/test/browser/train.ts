/** Training of a small network with everything this package has, in a page as in Node. */
import * as tf from "@tensorflow/tfjs";
import {
  attention,
  batchNormalization,
  gelu,
  layerNormalization,
  registerWasmGradients,
  releasing,
} from "../../src/index.js";
import { nativeKernels } from "../../src/native/nativeKernels.js";

export interface Seen {
  readonly losses: readonly number[];
  /** Whether the kernels of this package ran, and not the backend's. */
  readonly native: boolean;
  /** Whether the backend is the build with threads. */
  readonly threaded: boolean;
  /** How far products and convolutions are from the cpu backend's, as a share of the largest value. */
  readonly worst: number;
  /** Tensors that training left behind. */
  readonly left: number;
}

/** Six steps of a CNN whose last image is read by attention. `tf` must have the wasm backend. */
export async function train(): Promise<Seen> {
  registerWasmGradients();
  await tf.setBackend("wasm");
  const before = tf.memory().numTensors;
  const noise = (seed: number, ...shape: number[]) =>
    tf.tidy(() => {
      const size = shape.reduce((product, axis) => product * axis, 1);
      return tf.tensor(
        Float32Array.from({ length: size }, (_, i) => 0.5 * Math.sin(seed + 1.7 * i)),
        shape,
      );
    });
  const variables: tf.Variable[] = [];
  const weight = <T extends tf.Tensor>(...shape: number[]) => {
    const variable = tf.tidy(() => tf.variable(noise(variables.length, ...shape)));
    variables.push(variable);
    return variable as tf.Tensor as T;
  };
  const [first, second, strided] = [
    [3, 8],
    [8, 8],
    [8, 16],
  ].map(([from, to]) => weight<tf.Tensor4D>(3, 3, from!, to!));
  const vectors = [8, 8, 16, 16].map((size) => weight<tf.Tensor1D>(size));
  const [query, key, value, hidden] = [16, 16, 16, 16].map((size) => weight<tf.Tensor2D>(size, size));
  const head = weight<tf.Tensor2D>(16, 3);
  const images = noise(7, 4, 8, 8, 3) as tf.Tensor4D;
  const labels = tf.tidy(() => tf.cast(tf.oneHot(tf.tensor1d([0, 1, 2, 1], "int32"), 3), "float32"));
  const dense = (x: tf.Tensor, w: tf.Tensor2D) =>
    tf.reshape(tf.matMul(tf.reshape(x, [-1, 16]), w), [4, 16, 16]) as tf.Tensor3D;
  const loss = (): tf.Scalar => {
    const convolved = tf.conv2d(tf.relu(tf.conv2d(images, first!, 1, "same")), second!, 1, "same");
    const { y } = batchNormalization(convolved, vectors[0]!, vectors[1]!, 1e-3);
    const tokens = tf.reshape(tf.conv2d(tf.relu(y), strided!, 2, "same"), [4, 16, 16]) as tf.Tensor3D;
    const normal = layerNormalization(tokens, vectors[2]!, vectors[3]!, 1e-5);
    const [q, k, v] = [query!, key!, value!].map((w) => dense(normal, w)) as [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D];
    const mixed = attention(q, k, v, 2, tf.zeros([4, 16]));
    const logits = tf.matMul(tf.mean(gelu(dense(mixed, hidden!)), 1) as tf.Tensor2D, head);
    return tf.losses.softmaxCrossEntropy(labels, logits) as tf.Scalar;
  };
  const rule = tf.train.sgd(0.5);
  const losses: number[] = [];
  for (let step = 0; step < 6; step++) {
    const cost = rule.minimize(releasing(loss), true, variables)!;
    losses.push((await cost.data())[0]!);
    cost.dispose();
  }
  rule.dispose();
  tf.dispose([images, labels, ...variables]);
  const { wasm } = tf.backend() as unknown as { readonly wasm: { readonly wasmMemory?: object } };
  return {
    losses,
    native: nativeKernels(tf.backend()) !== undefined,
    threaded: wasm.wasmMemory !== undefined,
    left: tf.memory().numTensors - before,
    worst: await worstOfKernels(),
  };
}

/** Compares one of each kind of kernel with the cpu backend. */
async function worstOfKernels(): Promise<number> {
  const compute = () =>
    tf.tidy(() => {
      const at = (...shape: number[]) => tf.sin(tf.reshape(tf.range(0, tf.util.sizeFromShape(shape)), shape));
      const [x, filter] = [at(2, 9, 7, 8), at(3, 3, 8, 12)] as [tf.Tensor4D, tf.Tensor4D];
      const convolved = (stride: number) => (a: tf.Tensor, w: tf.Tensor) =>
        tf.conv2d(a as tf.Tensor4D, w as tf.Tensor4D, stride, "same");
      const gradients = [1, 2].flatMap((stride) => tf.grads(convolved(stride))([x, filter]));
      const products = [false, true].map((transposed) => tf.matMul(at(5, 5), at(5, 5), transposed, !transposed));
      return [convolved(1)(x, filter), ...gradients, ...products, tf.softmax(at(3, 8)), tf.sum(at(6, 5), 0)];
    });
  const seen: Float32Array[][] = [];
  for (const backend of ["cpu", "wasm"]) {
    await tf.setBackend(backend);
    const results = compute();
    seen.push(await Promise.all(results.map((result) => result.data<"float32">())));
    tf.dispose(results);
  }
  const [expected, actual] = seen as [Float32Array[], Float32Array[]];
  const shares = expected.map((values, index) => {
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    return values.reduce((most, value, i) => Math.max(most, Math.abs(actual[index]![i]! - value)), 0) / largest;
  });
  return Math.max(...shares);
}
