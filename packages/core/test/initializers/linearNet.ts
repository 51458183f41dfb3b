/** A deep linear network with squared loss, trained by gradient descent in plain double precision. */

export type Matrix = number[][];

export function multiply(a: Matrix, b: Matrix): Matrix {
  return a.map((row) => b[0]!.map((_, j) => row.reduce((sum, value, k) => sum + value * b[k]![j]!, 0)));
}

export function transpose(a: Matrix): Matrix {
  return a[0]!.map((_, j) => a.map((row) => row[j]!));
}

/** Gradients of ½‖W_L … W_1 X − Y‖² / n (samples are columns): of each weight, and of the input. */
export function gradients(weights: readonly Matrix[], x: Matrix, y: Matrix): { weights: Matrix[]; input: Matrix } {
  const inputs = [x];
  for (const weight of weights) inputs.push(multiply(weight, inputs.at(-1)!));
  const n = x[0]!.length;
  let delta = inputs.at(-1)!.map((row, i) => row.map((value, j) => (value - y[i]![j]!) / n));
  const found: Matrix[] = [];
  for (let layer = weights.length - 1; layer >= 0; layer--) {
    found.unshift(multiply(delta, transpose(inputs[layer]!)));
    delta = multiply(transpose(weights[layer]!), delta);
  }
  return { weights: found, input: delta };
}

/** Takes one step on each batch in turn; momentum as in PyTorch. */
export function train(
  start: readonly Matrix[],
  batches: readonly (readonly [x: Matrix, y: Matrix])[],
  rate: number,
  momentum = 0,
): Matrix[] {
  let weights = [...start];
  let velocities = start.map((weight) => weight.map((row) => row.map(() => 0)));
  for (const [x, y] of batches) {
    const found = gradients(weights, x, y).weights;
    velocities = velocities.map((v, l) =>
      v.map((row, i) => row.map((value, j) => momentum * value + found[l]![i]![j]!)),
    );
    weights = weights.map((w, l) => w.map((row, i) => row.map((value, j) => value - rate * velocities[l]![i]![j]!)));
  }
  return weights;
}

/** Frobenius norm of a − b. */
export function distance(a: Matrix, b: Matrix): number {
  return Math.sqrt(a.flatMap((row, i) => row.map((value, j) => (value - b[i]![j]!) ** 2)).reduce((s, v) => s + v, 0));
}
