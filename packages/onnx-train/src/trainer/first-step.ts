/** Whether a device's first step is the CPU's: wrong numbers from GPU kernels are a known kind of bug. */
import { OnnxTrainError } from "../errors.js";
import type { TrainingModel } from "../training-model.js";
import { disagreement, HALF_AGREEMENT } from "./agreement.js";
import { download } from "./download.js";
import type { Ort, Tensor } from "./ort.js";
import type { Sessions } from "./sessions.js";

type Tensors = Readonly<Record<string, Tensor>>;

/**
 * Computes a step again on the CPU provider and compares the optimizer's slots, or where it has none the whole state:
 * after one step, slots are little else than the gradients. A step that the device skipped is not compared.
 *
 * @param feeds What the device was given. @param results What it gave; it may still lie there.
 * @returns Whether the step was compared.
 * @throws OnnxTrainError that names the tensor that differs most.
 */
export async function checkFirstStep(
  ort: Ort,
  sessions: Sessions,
  { bytes, info }: TrainingModel,
  feeds: Tensors,
  results: Tensors,
): Promise<boolean> {
  const { scaling } = info;
  if (scaling && (await download(sessions, [results[scaling.skipped]!]))[0]![0] === 1) return false;
  const slots = info.state.filter(({ kind }) => kind === "slot");
  const outputs = (slots.length > 0 ? slots : info.state).map(({ input, output }) => ({ input, output }));
  const held = Object.entries(feeds).filter(([, { location }]) => location !== "cpu");
  const values = await download(
    sessions,
    held.map(([, tensor]) => tensor),
  );
  const own = held.map(([name, { dims }], i) => [name, new ort.Tensor("float32", values[i]!, dims)] as const);
  const session = await ort.InferenceSession.create(bytes, { executionProviders: ["cpu"] });
  try {
    const expected: Tensors = await session.run({ ...feeds, ...Object.fromEntries(own) });
    const named = async (given: Tensors) => {
      const all = await download(
        sessions,
        outputs.map(({ output }) => given[output]!),
      );
      return new Map(outputs.map(({ input }, i) => [input, all[i]!]));
    };
    const wrong = disagreement(await named(expected), await named(results), scaling && HALF_AGREEMENT);
    for (const tensor of Object.values(expected)) tensor.dispose();
    if (wrong) throw new OnnxTrainError(`the device's first step is not the CPU's: ${wrong}`);
    return true;
  } finally {
    await session.release();
  }
}
