/** Gradients of one-operator models against central differences of their own forward pass. */
import * as ort from "onnxruntime-node";
import { expect } from "vitest";
import { type OperatorCase, prepareCase, runPrepared } from "./operator-model.js";

/** Fourth-order central differences of the loss by every element of every parameter, in steps of 0.02. */
export async function checkOperator(testCase: OperatorCase): Promise<void> {
  const prepared = await prepareCase(ort, testCase);
  const { session, info, feeds, trained } = prepared;
  const lossNow = async () => ((await session.run(feeds, [info.loss]))[info.loss]!.data as Float32Array)[0]!;
  const analytic = await runPrepared(prepared);
  for (const name of trained) {
    const gradient = analytic.gradients.get(name)!;
    expect(gradient.dims, `${name} shape`).toEqual(feeds[name]!.dims);
    const values = feeds[name]!.data as Float32Array;
    const numeric: number[] = [];
    for (let i = 0; i < values.length; i++) {
      const centre = values[i]!;
      const at = async (h: number) => {
        values[i] = centre + h;
        const reached = values[i]! - centre;
        const loss = await lossNow();
        values[i] = centre;
        return [loss, reached] as const;
      };
      const h = 0.02;
      const [[p1, a], [m1, b], [p2, c], [m2, d]] = [await at(h), await at(-h), await at(2 * h), await at(-2 * h)];
      numeric.push((4 / 3) * ((p1 - m1) / (a - b)) - (1 / 3) * ((p2 - m2) / (c - d)));
    }
    const scale = Math.max(...numeric.map(Math.abs));
    expect(scale, `${name}: a gradient of zero would prove nothing`).toBeGreaterThan(1e-4);
    const worst = Math.max(...numeric.map((value, i) => Math.abs(value - gradient.data[i]!)));
    expect(worst / scale, `${name}: largest error relative to the largest gradient`).toBeLessThan(4e-3);
  }
  await session.release();
}
